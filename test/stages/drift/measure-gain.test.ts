/** Which models the gain of retraining is measured with. */
import { expect, onTestFinished, test } from 'vitest';
import { type Ratings, sliceRatings } from '../../../pipeline/ratings/ratings.ts';
import { detectDrift } from '../../../pipeline/stages/drift/detect-drift.ts';
import { ingestRatings } from '../../../pipeline/stages/ingest/ingest-ratings.ts';
import { publishModel } from '../../../pipeline/stages/release/publish-model.ts';
import { trainModel } from '../../../pipeline/stages/training/train-model.ts';
import { openTestPipeline, quietWeeks } from '../../support/pipeline.ts';

test('a release that was fitted to the same ratings with the same settings is not fitted again', async () => {
  const { train, batches } = quietWeeks().prepared;
  const [first, second] = [0, 600].map((from) => sliceRatings(batches[0] as Ratings, from, from + 600)) as [
    Ratings,
    Ratings,
  ];
  const stages: string[] = [];
  const opened = await openTestPipeline({ retraining: {} });
  onTestFinished(() => opened.close());
  const pipeline = {
    ...opened,
    onProgress: ({ stage }: { readonly stage: string }) => void stages.push(stage),
  };
  const trainings = async (config = opened.config): Promise<readonly string[]> => {
    stages.length = 0;
    await opened.store
      .sql`delete from retraining_gains where batch_id = (select max(batch_id) from ingestion_ledger)`;
    const outcome = await detectDrift({ ...pipeline, config });
    expect(outcome.status === 'checked' && outcome.gain.gains.length).toBeTruthy();
    return [...new Set(stages.filter((stage) => stage.startsWith('training')))];
  };
  const learn = async () => publishModel(pipeline, await trainModel(pipeline, 'manual'));

  await ingestRatings(pipeline, await opened.write('train.parquet', train), 'train');
  await learn();
  await ingestRatings(pipeline, await opened.write('one.parquet', first), 'buffer');
  expect(await trainings()).toHaveLength(1);
  await learn();
  await ingestRatings(pipeline, await opened.write('two.parquet', second), 'buffer');
  // v2 has learned everything before this batch, and v1 all but the batch before.
  expect(await trainings()).toEqual([]);
  const seed = opened.config.train.seed + 1;
  expect(await trainings({ ...opened.config, train: { ...opened.config.train, seed } })).toHaveLength(1);
});
