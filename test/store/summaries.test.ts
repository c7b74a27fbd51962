import { expect, test } from 'vitest';
import type { PerformanceSummary } from '../../pipeline/ratings/performance.ts';
import { ingestBatch } from '../../pipeline/store/ingest-batch.ts';
import { recordModel } from '../../pipeline/store/models.ts';
import type { Store } from '../../pipeline/store/store.ts';
import { readPerformance, readSummaries, writePerformance } from '../../pipeline/store/summaries.ts';
import { batchOf, type RatingRow, ratingsOf } from '../support/batches.ts';
import { EVALUATION, manifestOf } from '../support/evaluations.ts';
import { onEachHome, type TestHome } from '../support/stores.ts';

const ingest = (store: Store, name: string, rows: readonly RatingRow[]) =>
  ingestBatch(store, batchOf(name, ratingsOf(rows)), { maxRejectShare: 0 });

/** User 1 with two ratings, user 2 with one. */
const PERFORMANCE: PerformanceSummary = {
  userIds: Int32Array.of(1, 2),
  counts: Int32Array.of(2, 1),
  squaredErrors: Float64Array.of(1 / 3, 0),
  absoluteErrors: Float64Array.of(0.1 + 0.2, Number.MIN_VALUE),
  baseline: {
    bias: Float64Array.of(2 / 3, 1),
    mean: Float64Array.of(0.1 + 0.7, 1e300),
    biasAbsolute: Float64Array.of(1 / 3, 0.1 + 0.2),
  },
  ranking: {
    lists: Int32Array.of(1, 0),
    ndcg: Float64Array.of(1 / 3, 0),
    popularityNdcg: Float64Array.of(1 / 7, 0),
  },
};

/** Ratings of the batch. */
const SCORED = 3;

async function openWithBatch({ openStore }: TestHome): Promise<Store> {
  const store = await openStore();
  await ingest(store, 'one', [
    [1, 10, 4, 1_000],
    [1, 11, 6, 1_000],
    [2, 10, 4, 1_000],
  ]);
  await recordModel(store, {
    manifest: manifestOf(1),
    evaluation: EVALUATION,
    reference: new Uint8Array(),
    status: 'challenger',
  });
  return store;
}

onEachHome((home) => {
  test('a summary counts levels by user and by movie', async () => {
    const store = await openWithBatch(home);
    expect(await readSummaries(store, [1, 99])).toEqual(
      new Map([
        [
          1,
          {
            count: 3,
            userIds: Int32Array.of(1, 2),
            userLevels: Int32Array.of(0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0),
            movieIds: Int32Array.of(10, 11),
            movieCounts: Int32Array.of(2, 1),
            movieLevels: Int32Array.of(0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0),
          },
        ],
      ]),
    );
  });

  test('performance is read back exactly, for the given model and batches', async () => {
    const store = await openWithBatch(home);
    await writePerformance(store, 1, 1, PERFORMANCE, SCORED);
    await writePerformance(store, 1, 1, PERFORMANCE, SCORED);
    expect(await readPerformance(store, 1, [1, 2])).toEqual(new Map([[1, PERFORMANCE]]));
    expect(await readPerformance(store, 2, [1])).toEqual(new Map());
  });

  test('a summary of an earlier release is counted again', async () => {
    const store = await openWithBatch(home);
    const before = await readSummaries(store, [1]);
    await store.sql`update batch_summaries set movie_levels = null`;
    expect(await readSummaries(store, [1])).toEqual(before);
  });

  test('a summary of an earlier release that loses a rating has the current counts', async () => {
    const store = await openWithBatch(home);
    await store.sql`update batch_summaries set movie_levels = null`;
    await ingest(store, 'two', [[1, 11, 9, 2_000]]);
    const summary = (await readSummaries(store, [1])).get(1);
    expect(summary?.movieIds).toEqual(Int32Array.of(10));
    expect(summary?.movieLevels).toEqual(Int32Array.of(0, 0, 0, 2, 0, 0, 0, 0, 0, 0));
  });

  test('the performance of an earlier release has no baseline', async () => {
    const store = await openWithBatch(home);
    await writePerformance(store, 1, 1, PERFORMANCE, SCORED);
    await store.sql`update batch_performance set bias_squared_errors = null, mean_squared_errors = null`;
    expect(await readPerformance(store, 1, [1])).toEqual(new Map([[1, { ...PERFORMANCE, baseline: null }]]));
  });

  test('the performance of an earlier release has no lists and no absolute errors of the baseline', async () => {
    const store = await openWithBatch(home);
    await writePerformance(store, 1, 1, PERFORMANCE, SCORED);
    await store.sql`update batch_performance set bias_absolute_errors = null, ranked_lists = null`;
    expect(await readPerformance(store, 1, [1])).toEqual(
      new Map([
        [1, { ...PERFORMANCE, baseline: { ...PERFORMANCE.baseline, biasAbsolute: null }, ranking: null }],
      ]),
    );
  });

  test('the performance on a batch is deleted when the batch loses a rating', async () => {
    const store = await openWithBatch(home);
    await writePerformance(store, 1, 1, PERFORMANCE, SCORED);
    await ingest(store, 'two', [[1, 11, 9, 2_000]]);
    expect(await readPerformance(store, 1, [1])).toEqual(new Map());
  });

  test('performance on ratings that were replaced in the meantime is not stored', async () => {
    const store = await openWithBatch(home);
    await ingest(store, 'two', [[1, 11, 9, 2_000]]);
    await writePerformance(store, 1, 1, PERFORMANCE, SCORED);
    expect(await readPerformance(store, 1, [1])).toEqual(new Map());
  });
});
