/** Batches are scored in the way in which the holdout of the champion was. */
import { expect, onTestFinished, test } from 'vitest';
import { decodeReference, encodeReference } from '../../../pipeline/drift/reference.ts';
import { performanceBeside, type ScoringWay } from '../../../pipeline/evaluate/performance-beside.ts';
import type { Ratings } from '../../../pipeline/ratings/ratings.ts';
import { loadReleasedPackage } from '../../../pipeline/stages/champion/released-package.ts';
import { detectDrift } from '../../../pipeline/stages/drift/detect-drift.ts';
import { ingestRatings } from '../../../pipeline/stages/ingest/ingest-ratings.ts';
import { publishModel } from '../../../pipeline/stages/release/publish-model.ts';
import { trainModel } from '../../../pipeline/stages/training/train-model.ts';
import { readReference } from '../../../pipeline/store/models.ts';
import { readStoredRatings } from '../../../pipeline/store/read-ratings.ts';
import { readPerformance } from '../../../pipeline/store/summaries.ts';
import { openTestPipeline, quietWeeks } from '../../support/pipeline.ts';

test('a champion with a reference of an earlier release is scored alone until the next training', async () => {
  const { train, batches } = quietWeeks().prepared;
  const pipeline = await openTestPipeline({ retraining: { gainRatings: 0 } });
  onTestFinished(() => pipeline.close());
  const { store } = pipeline;
  await ingestRatings(pipeline, await pipeline.write('train.parquet', train), 'train');
  await publishModel(pipeline, await trainModel(pipeline, 'manual'));
  await ingestRatings(pipeline, await pipeline.write('one.parquet', batches[0] as Ratings), 'buffer');
  const reference = decodeReference(await readReference(store, 1));
  const { model } = await loadReleasedPackage(pipeline, 1);
  const batch = await readStoredRatings(store, { batchIds: [2] });
  const seen = await readStoredRatings(store, { beforeBatch: 2 });
  const scored = async (): Promise<unknown> => (await readPerformance(store, 1, [2])).get(2);
  const expected = (way: ScoringWay) => performanceBeside(model, batch, reference.summary, seen, way);
  expect(expected('alone').squaredErrors).not.toEqual(expected('as-told').squaredErrors);

  expect(reference.isAsTold).toBe(true);
  await detectDrift(pipeline);
  expect(await scored()).toEqual(expected('as-told'));

  const earlier = Buffer.from(encodeReference({ ...reference, isAsTold: false }));
  await store.sql`update model_references set reference = ${earlier}`;
  await store.sql`delete from batch_performance`;
  await detectDrift(pipeline);
  expect(await scored()).toEqual(expected('alone'));
});
