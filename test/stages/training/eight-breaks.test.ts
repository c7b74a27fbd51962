/**
 * The loop this product grew out of was broken in eight places. Each is a test here, on a whole pipeline with
 * a real database and real files.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { Ratings } from '../../../pipeline/ratings/ratings.ts';
import { settleChampion } from '../../../pipeline/stages/champion/champion.ts';
import { loadReleasedPackage } from '../../../pipeline/stages/champion/released-package.ts';
import { detectDrift } from '../../../pipeline/stages/drift/detect-drift.ts';
import { openDriftIssue } from '../../../pipeline/stages/drift/episode.ts';
import { ingestRatings } from '../../../pipeline/stages/ingest/ingest-ratings.ts';
import { publishModel } from '../../../pipeline/stages/release/publish-model.ts';
import { rollBack } from '../../../pipeline/stages/release/roll-back.ts';
import { trainModel } from '../../../pipeline/stages/training/train-model.ts';
import { runWeek } from '../../../pipeline/stages/week/run-week.ts';
import { latestCheck, openAlerts } from '../../../pipeline/store/drift-log.ts';
import { countBufferRatings, listBatches } from '../../../pipeline/store/ledger.ts';
import { listModels } from '../../../pipeline/store/models.ts';
import { readStoredRatings } from '../../../pipeline/store/read-ratings.ts';
import { preparedPipeline, quietWeeks, raised, type TestPipeline } from '../../support/pipeline.ts';

let pipeline: TestPipeline;
const weeks = quietWeeks();
const [week1, week2, week3] = weeks.prepared.batches as [Ratings, Ratings, Ratings];

const openPipeline = preparedPipeline();
beforeEach(async () => {
  pipeline = await openPipeline();
});

/** The same ratings by the same people, but each person's ratings are handed to that person's movies in reverse. */
function withTasteReversed(ratings: Ratings): Ratings {
  const halves = ratings.halves.slice();
  const rowsOf = Map.groupBy(ratings.userIds.keys(), (row) => ratings.userIds[row] as number);
  for (const rows of rowsOf.values()) {
    const byRating = [...rows].sort((a, b) => (ratings.halves[a] as number) - (ratings.halves[b] as number));
    byRating.forEach((row, rank) => {
      halves[row] = ratings.halves[byRating[byRating.length - 1 - rank] as number] as number;
    });
  }
  return { ...ratings, halves };
}

test('1. training reads the buffer', async () => {
  const before = (await loadReleasedPackage(pipeline)).model;
  await ingestRatings(pipeline, await pipeline.write('week-1.csv', week1), 'buffer');
  const candidate = await trainModel(pipeline, 'manual');

  const newcomers = new Set(week1.userIds.filter((user) => before.users.rowOf(user) === -1));
  expect(newcomers.size).toBeGreaterThan(0);
  const held = candidate.gate?.holdout.ratings ?? 0;
  const all = await readStoredRatings(pipeline.store);
  expect(held).toBeGreaterThan(week1.length * 0.15);
  expect(candidate.manifest.judged?.ratings).toBe(all.length - held);
  // The released model has learned the holdout as well.
  expect(candidate.manifest.snapshot.ratings).toBe(all.length);
  expect(candidate.manifest.snapshot.users).toBeGreaterThan(before.users.size);
});

test('2. nothing is registered without comparison to the champion, NDCG@10 included', async () => {
  const careless = {
    ...pipeline,
    config: {
      ...pipeline.config,
      train: { ...pipeline.config.train, algorithm: 'popularity', hyperParameters: {} },
    },
  };
  await ingestRatings(pipeline, await pipeline.write('week-1.csv', week1), 'buffer');
  const worse = await trainModel(careless, 'manual');
  const published = await publishModel(careless, worse);

  expect(published.status).toBe('refused');
  expect(worse.gate?.rules.map(({ metric }) => metric)).toEqual(['rmse', 'ndcgAt10']);
  for (const { champion, challenger } of worse.gate?.rules ?? []) {
    expect(champion).toBeGreaterThan(0);
    expect(challenger).toBeGreaterThan(0);
  }
  expect((await pipeline.forge.releases.list()).map(({ tag }) => tag)).toEqual(['model-v1']);
  expect((await listModels(pipeline.store)).map(({ version, status }) => [version, status])).toEqual([
    [1, 'champion'],
    [2, 'refused'],
  ]);
});

test('3. what is served follows promotion, and rollback', async () => {
  const served = async (): Promise<number> => (await loadReleasedPackage(pipeline)).manifest.version;
  expect(await served()).toBe(1);
  await ingestRatings(pipeline, await pipeline.write('week-1.csv', week1), 'buffer');
  expect((await publishModel(pipeline, await trainModel(pipeline, 'drift'))).status).toBe('promoted');
  expect(await served()).toBe(2);
  await rollBack(pipeline);
  expect(await served()).toBe(1);
  expect((await settleChampion(pipeline))?.version).toBe(1);
  expect((await pipeline.forge.deployments.list('production')).map(({ version }) => version)).toEqual([
    1, 2, 1,
  ]);
});

test('4. performance drift is found although the ratings look the same, and is not learned blindly', async () => {
  const outcome = await runWeek(pipeline, await pipeline.write('week-1.csv', withTasteReversed(week1)));
  const verdicts = new Map(
    outcome.drift.status === 'checked'
      ? outcome.drift.check.signals.map(({ name, verdict }) => [name, verdict])
      : [],
  );
  // With 150 users a small change of the ratings cannot be told from chance.
  expect(verdicts.get('rating_distribution_ks')).not.toBe('drift');
  expect(verdicts.get('rating_mean')).not.toBe('drift');
  expect(verdicts.get('model_rmse')).toBe('drift');
  // Every taste is reversed at once: the numbers of movies may have been exchanged, so a person decides.
  expect(outcome.drift).toMatchObject({
    alert: 'raised',
    check: { findings: [{ kind: 'scrambled-movies' }] },
    decision: { decision: 'wait' },
  });
  expect((await trainModel(pipeline, 'manual')).manifest.reason).toBe('manual');
});

test('5. a failed performance check is an error, never "no drift"', async () => {
  const release = await pipeline.forge.releases.get('model-v1');
  const file = join(pipeline.home, 'forge', 'releases', 'model-v1', 'assets', 'model.safetensors');
  expect(release?.assets.map(({ name }) => name)).toContain('model.safetensors');
  const bytes = await readFile(file);
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) ^ 0xff;
  await writeFile(file, bytes);
  await ingestRatings(pipeline, await pipeline.write('week-1.csv', week1), 'buffer');

  await expect(detectDrift(pipeline)).rejects.toMatchObject({ code: 'performance-check-failed' });
  expect(await latestCheck(pipeline.store)).toBeNull();
});

test('6. one shifted window inside a large quiet buffer is found', async () => {
  await ingestRatings(pipeline, await pipeline.write('week-1.csv', week1), 'buffer');
  await ingestRatings(pipeline, await pipeline.write('week-2.csv', week2), 'buffer');
  const quiet = await detectDrift(pipeline);
  expect(quiet.status === 'checked' && quiet.check.verdict).not.toBe('drift');

  await ingestRatings(pipeline, await pipeline.write('week-3.csv', raised(week3, 1)), 'buffer');
  const outcome = await detectDrift(pipeline);
  const shift = outcome.status === 'checked' ? outcome.check.signals : [];
  const newest = shift.find(({ name, window }) => name === 'user_mean_shift' && window === 'newest');
  const buffer = shift.find(({ name, window }) => name === 'user_mean_shift' && window === 'buffer');
  expect(newest?.verdict).toBe('drift');
  expect(Math.abs(buffer?.effect ?? 0)).toBeLessThan(Math.abs(newest?.effect ?? 0));
});

test('7. after promotion the buffer is empty and the same alert cannot fire again', async () => {
  const outcome = await runWeek(pipeline, await pipeline.write('week-1.csv', raised(week1, 1)));
  expect(outcome.published?.status).toBe('promoted');

  expect(await countBufferRatings(pipeline.store)).toBe(0);
  expect((await listBatches(pipeline.store)).map(({ role }) => role)).toEqual([
    'train',
    'baseline',
    'baseline',
  ]);
  expect(await openAlerts(pipeline.store, { since: new Date(0) })).toEqual([]);
  expect(await openDriftIssue(pipeline)).toBeNull();
  expect(await detectDrift(pipeline)).toEqual({ status: 'nothing-new', modelVersion: 2 });
});

test('8. the same batch twice adds nothing', async () => {
  const file = await pipeline.write('week-1.csv', week1);
  const first = await ingestRatings(pipeline, file, 'buffer');
  const stored = await readStoredRatings(pipeline.store);
  const second = await ingestRatings(pipeline, file, 'buffer');

  expect(first).toMatchObject({ status: 'ingested', new: week1.length });
  expect(second).toMatchObject({ status: 'already-ingested', batch: first.batch, new: 0, updated: 0 });
  expect(second.unchanged).toBe(second.read - second.rejected);
  expect(await readStoredRatings(pipeline.store)).toEqual(stored);
});
