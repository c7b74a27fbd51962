import { expect, test } from 'vitest';
import { concatRatings, type Ratings } from '../../../pipeline/ratings/ratings.ts';
import { snapshotDigest } from '../../../pipeline/ratings/snapshot.ts';
import { type CheckedDrift, detectDrift } from '../../../pipeline/stages/drift/detect-drift.ts';
import { ingestRatings } from '../../../pipeline/stages/ingest/ingest-ratings.ts';
import { changeQuarantine } from '../../../pipeline/stages/quarantine/change-quarantine.ts';
import { publishModel } from '../../../pipeline/stages/release/publish-model.ts';
import { releaseModel } from '../../../pipeline/stages/release/release-model.ts';
import { exportTraining } from '../../../pipeline/stages/training/export-training.ts';
import { planTraining } from '../../../pipeline/stages/training/plan-training.ts';
import { trainModel } from '../../../pipeline/stages/training/train-model.ts';
import { withDriftLock } from '../../../pipeline/store/drift-lock.ts';
import { openAlerts } from '../../../pipeline/store/drift-log.ts';
import { championModel } from '../../../pipeline/store/models.ts';
import type { QuarantineSubject } from '../../../pipeline/store/quarantine.ts';
import { type RatingRow, ratingsOf } from '../../support/batches.ts';
import { preparedPipeline, quietWeeks, raised, type TestPipeline } from '../../support/pipeline.ts';

const open = preparedPipeline();
const [week, next] = quietWeeks().prepared.batches as [Ratings, Ratings];
const BOT = 900_001;
/** One new user gives half a star to every movie. */
const flood = ratingsOf(
  Array.from({ length: 300 }, (_, i): RatingRow => [BOT, i + 1, 1, (week.ratedAt.at(-1) as number) - i]),
);
const bot: QuarantineSubject = { kind: 'user', id: BOT };

const change = (pipeline: TestPipeline, action: 'quarantine' | 'release', subject: QuarantineSubject) =>
  withDriftLock(pipeline.store, (lock) =>
    changeQuarantine(lock, pipeline, {
      action,
      subjects: [subject],
      reason: 'a bot',
      by: 'ada',
      at: pipeline.clock(),
    }),
  );
const ingest = async (pipeline: TestPipeline, name: string, ratings: Ratings): Promise<number> =>
  (await ingestRatings(pipeline, await pipeline.write(`${name}.parquet`, ratings), 'buffer')).batch;
const checked = async (pipeline: TestPipeline): Promise<CheckedDrift> => {
  const outcome = await detectDrift(pipeline);
  if (outcome.status !== 'checked') throw new Error('nothing to check');
  return outcome;
};
const alertsOf = ({ store }: TestPipeline) => openAlerts(store, { since: new Date(0) });

test('the next check and training are as if the user had never rated, also when it was checked with them', async () => {
  const clean = await open();
  await ingest(clean, 'week', week);
  const wanted = await checked(clean);
  const training = await exportTraining(clean, 'manual');

  const pipeline = await open();
  await ingest(pipeline, 'week', concatRatings([week, flood]));
  const flooded = await checked(pipeline);
  expect(flooded.check.signals).not.toEqual(wanted.check.signals);
  await change(pipeline, 'quarantine', bot);
  const { check, bufferRatings } = await checked(pipeline);
  expect(check.signals).toEqual(wanted.check.signals);
  expect(bufferRatings).toBe(wanted.bufferRatings);
  const now = await exportTraining(pipeline, 'manual');
  expect(snapshotDigest(now.training)).toBe(snapshotDigest(training.training));
  expect(snapshotDigest(now.holdout)).toBe(snapshotDigest(training.holdout));

  await change(pipeline, 'release', bot);
  expect((await checked(pipeline)).check.signals).toEqual(flooded.check.signals);
});

test('a quarantined batch answers its alert, and the alert is raised again when the batch is released', async () => {
  const pipeline = await open();
  await ingest(pipeline, 'week', week);
  const batch: QuarantineSubject = { kind: 'batch', id: await ingest(pipeline, 'next', raised(next, 3)) };
  expect(await checked(pipeline)).toMatchObject({ alert: 'raised', batchIds: [3, batch.id] });
  await change(pipeline, 'quarantine', batch);
  expect(await alertsOf(pipeline)).toEqual([]);
  expect(await checked(pipeline)).toMatchObject({ check: { verdict: 'ok' }, batchIds: [3], alert: 'none' });
  pipeline.setTime('2026-03-03T06:17:00Z');
  await change(pipeline, 'release', batch);
  expect(await checked(pipeline)).toMatchObject({ alert: 'raised', batchIds: [3, batch.id] });
  expect(await alertsOf(pipeline)).toHaveLength(1);
  // Without a change of the quarantine it is the same alert.
  expect(await checked(pipeline)).toMatchObject({ alert: 'already-raised' });
});

test('drift that remains without the user raises the alert of the same batch again', async () => {
  const pipeline = await open();
  await ingest(pipeline, 'week', concatRatings([raised(week, 3), flood]));
  expect(await checked(pipeline)).toMatchObject({ alert: 'raised' });
  await change(pipeline, 'quarantine', bot);
  expect(await alertsOf(pipeline)).toEqual([]);
  expect(await checked(pipeline)).toMatchObject({ alert: 'raised', check: { verdict: 'drift' } });
});

test('a repeated request acknowledges no alert that was raised since', async () => {
  const pipeline = await open();
  await ingest(pipeline, 'week', concatRatings([week, flood]));
  await change(pipeline, 'quarantine', bot);
  await ingest(pipeline, 'next', raised(next, 3));
  await checked(pipeline);
  await change(pipeline, 'quarantine', bot);
  expect(await alertsOf(pipeline)).toHaveLength(1);
});

test('a challenger that has learned ratings in quarantine is trained again without them', async () => {
  const pipeline = await open();
  const request = { reason: 'manual', issue: null } as const;
  const waiting = { kind: 'awaiting-deployment', version: 2 };
  await ingest(pipeline, 'week', week);
  await releaseModel(pipeline, await trainModel(pipeline, 'manual'));
  expect(await planTraining(pipeline, request)).toEqual(waiting);
  const someone: QuarantineSubject = { kind: 'user', id: week.userIds[0] as number };
  await change(pipeline, 'quarantine', someone);
  expect(await planTraining(pipeline, request)).toEqual({ kind: 'train' });
  await change(pipeline, 'release', someone);
  expect(await planTraining(pipeline, request)).toEqual(waiting);
});

test('a champion that was trained without a batch in quarantine has not learned it: released, it is new', async () => {
  const pipeline = await open();
  await ingest(pipeline, 'week', week);
  const batch: QuarantineSubject = { kind: 'batch', id: await ingest(pipeline, 'next', next) };
  await change(pipeline, 'quarantine', batch);
  const candidate = await trainModel(pipeline, 'manual');
  expect(candidate.manifest.snapshot).toMatchObject({ batches: [1, 2, 3], quarantines: [1] });
  await publishModel(pipeline, candidate);
  expect((await championModel(pipeline.store))?.version).toBe(2);
  expect(await detectDrift(pipeline)).toMatchObject({ status: 'nothing-new' });
  await change(pipeline, 'release', batch);
  expect(await checked(pipeline)).toMatchObject({ batchIds: [batch.id], bufferRatings: next.length });
});
