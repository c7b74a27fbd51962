/** One drift episode is one issue: opened, kept up to date, commented on only when something changes. */
import { beforeEach, expect, test } from 'vitest';
import type { Issue } from '../../../pipeline/forge/forge.ts';
import { concatRatings, type Ratings } from '../../../pipeline/ratings/ratings.ts';
import { detectDrift } from '../../../pipeline/stages/drift/detect-drift.ts';
import { batchHistory } from '../../../pipeline/stages/drift/effect-history.ts';
import { ingestRatings } from '../../../pipeline/stages/ingest/ingest-ratings.ts';
import { changeQuarantine } from '../../../pipeline/stages/quarantine/change-quarantine.ts';
import { publishModel } from '../../../pipeline/stages/release/publish-model.ts';
import { trainModel } from '../../../pipeline/stages/training/train-model.ts';
import { withDriftLock } from '../../../pipeline/store/drift-lock.ts';
import { openAlerts } from '../../../pipeline/store/drift-log.ts';
import {
  mildlyRaised,
  preparedPipeline,
  quietWeeks,
  raised,
  type TestPipeline,
} from '../../support/pipeline.ts';

const weeks = quietWeeks();
const [week1, week2, week3] = weeks.prepared.batches as [Ratings, Ratings, Ratings];
let pipeline: TestPipeline;

const openPipeline = preparedPipeline(undefined, { retraining: { minBufferShare: 0.2, gainRatings: 0 } });
beforeEach(async () => {
  pipeline = await openPipeline();
});

async function arrive(name: string, ratings: Ratings): Promise<Issue | null> {
  await ingestRatings(pipeline, await pipeline.write(name, ratings), 'buffer');
  const outcome = await detectDrift(pipeline);
  return outcome.status === 'checked' ? outcome.issue : null;
}

test('a quiet week opens nothing', async () => {
  expect(await arrive('week-1.csv', week1)).toBeNull();
  expect(await pipeline.forge.issues.list()).toEqual([]);
});

test('while the gain is unknown the decision says why', async () => {
  const measuring = await openPipeline({ retraining: { gainRatings: 200_000 } });
  await ingestRatings(measuring, await measuring.write('week-1.csv', week1), 'buffer');
  const outcome = await detectDrift(measuring);
  if (outcome.status !== 'checked') throw new Error(outcome.status);
  const { gain, decision } = outcome;
  expect(gain.gains).toEqual([]);
  expect(gain.unknown).toMatch(
    /^the champion has learned all ratings before the newest batch, and the learning curve has [123] of 4 points$/,
  );
  expect(decision.reasons).toEqual([
    '0 alerts in the last 168 h (needs 1)',
    `the gain of retraining is unknown: ${gain.unknown}`,
  ]);
});

test('a repeated check edits the one issue, raises no second alert and comments on nothing', async () => {
  const opened = await arrive('week-1.csv', raised(week1, 2));
  expect(opened).toMatchObject({ state: 'open', comments: [] });
  expect(opened?.labels).toContain('severity:high');
  pipeline.setTime('2026-03-03T06:17:00Z');
  await detectDrift(pipeline);

  const [issue, ...others] = await pipeline.forge.issues.list();
  expect(others).toEqual([]);
  expect(issue?.comments).toEqual([]);
  expect(issue?.body).toContain('2026-03-03 06:17 UTC');
  expect(await openAlerts(pipeline.store, { since: new Date(0) })).toHaveLength(1);
});

test('when enough has gathered training is dispatched, with the issue and the reason, and the stage is told once', async () => {
  const opened = await arrive('week-1.csv', raised(week1, 2));
  const dispatched = await arrive('week-2.csv', raised(week2, 2));
  expect(dispatched?.number).toBe(opened?.number);
  expect(dispatched?.labels).toContain('stage:training');
  await detectDrift(pipeline);
  const issue = await pipeline.forge.issues.get(opened?.number ?? 0);
  expect(issue.comments.map(({ body }) => body)).toEqual([
    '**Retraining was dispatched.**\n\n<!-- cinematch:training-dispatched -->',
  ]);
});

test('a flood by one user opens an issue and is not learned before it is in quarantine', async () => {
  const user = 99_999;
  const movies = [...new Set(weeks.prepared.train.movieIds)].slice(0, 300);
  const flood: Ratings = {
    length: movies.length,
    userIds: new Int32Array(movies.length).fill(user),
    movieIds: Int32Array.from(movies),
    halves: new Uint8Array(movies.length).fill(1),
    ratedAt: new Int32Array(movies.length).fill(week1.ratedAt[0] as number),
  };
  await arrive('week-1.csv', raised(week1, 2));
  await ingestRatings(
    pipeline,
    await pipeline.write('week-2.csv', concatRatings([raised(week2, 2), flood])),
    'buffer',
  );
  const flooded = await detectDrift(pipeline);
  expect(flooded.status === 'checked' && flooded.check.findings[0]).toMatchObject({
    kind: 'user-flood',
    who: [String(user)],
  });
  expect(flooded).toMatchObject({ decision: { decision: 'wait', reason: null } });
  expect(flooded.status === 'checked' && flooded.decision.reasons[0]).toMatch(
    /^flood by one user in the newest batch \(\d+\.\d% of it\): a model should not learn it/,
  );
  await withDriftLock(pipeline.store, (lock) =>
    changeQuarantine(lock, pipeline, {
      action: 'quarantine',
      subjects: [{ kind: 'user', id: user }],
      reason: 'a flood',
      by: 'ada',
      at: pipeline.clock(),
    }),
  );
  const after = await detectDrift(pipeline);
  expect(after).toMatchObject({
    check: { findings: [], verdict: 'drift' },
    decision: { decision: 'retrain' },
    gain: { gains: [], unknown: 'it is not measured while retraining.gainRatings is 0' },
  });
});

test('a refused challenger is told on the issue, and the same ratings do not lead to another training', async () => {
  await arrive('week-1.csv', mildlyRaised(week1));
  const issue = await arrive('week-2.csv', mildlyRaised(week2));
  // A model that knows nobody's taste loses against one that does, mood or no mood.
  const { config } = pipeline;
  const careless = { ...config, train: { ...config.train, algorithm: 'popularity', hyperParameters: {} } };
  const candidate = await trainModel({ ...pipeline, config: careless }, 'manual');
  expect(candidate.gate?.outcome).toBe('refuse');
  await publishModel(pipeline, candidate);

  const told = await pipeline.forge.issues.get(issue?.number ?? 0);
  expect(told.labels).toContain('stage:refused');
  expect(told.comments.at(-1)?.body).toContain('The gate refused model v2');
  const again = await detectDrift(pipeline);
  expect(again.status === 'checked' && again.decision).toMatchObject({ decision: 'wait' });
  expect(again.status === 'checked' && again.decision.reasons[0]).toContain('model v2');
});

test('two checks without a finding close an episode that no model answered', async () => {
  const opened = await arrive('week-1.csv', raised(week1, 2));
  // The week is taken back: every rating arrives again as it should have been.
  const mended = { ...week1, ratedAt: week1.ratedAt.map((time) => time + 1) };
  const first = await arrive('week-1-mended.csv', mended);
  expect(first).toMatchObject({ number: opened?.number, state: 'open' });
  await arrive('week-2.csv', week2);
  const last = await arrive('week-3.csv', week3);
  expect(last === null || last.state === 'closed').toBe(true);
  const issue = await pipeline.forge.issues.get(opened?.number ?? 0);
  expect(issue.state).toBe('closed');
  expect(issue.comments.map(({ body }) => body).join('\n')).toContain('Severity: high → ');
  const batches = await batchHistory(pipeline);
  const ids = batches.map(({ batchId }) => batchId);
  expect(ids.length).toBeGreaterThan(1);
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  expect(batches.at(-1)?.signals.map(({ name }) => name)).toContain('user_mean_shift');
  expect(issue.body).toContain(
    '> [!TIP]\n> **Over: the last 2 checks found no drift.** Model v1 keeps serving',
  );
});
