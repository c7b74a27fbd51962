/** What people rate comes back as the next batch, once, whenever the process ends. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { InteractionKind } from '../../../pipeline/model/interactions.ts';
import { writeRatings } from '../../../pipeline/source/write-ratings.ts';
import { ingestRatings } from '../../../pipeline/stages/ingest/ingest-ratings.ts';
import { takeBatches } from '../../../pipeline/stages/ingest/take-batches.ts';
import { createApiKey } from '../../../pipeline/store/api-keys.ts';
import { recordFeedback, waitingFeedback } from '../../../pipeline/store/feedback.ts';
import {
  readInteractions,
  recordInteractions,
  type UserInteraction,
} from '../../../pipeline/store/interactions.ts';
import { readStoredRatings } from '../../../pipeline/store/read-ratings.ts';
import { readSummaries } from '../../../pipeline/store/summaries.ts';
import { rowsOfRatings } from '../../support/batches.ts';
import { openTestPipeline, type TestPipeline } from '../../support/pipeline.ts';

const TIME = 1_772_000_000;
let pipeline: TestPipeline;
beforeEach(async () => {
  pipeline = await openTestPipeline({ batches: [{ kind: 'feedback' }] });
});
afterEach(() => pipeline.close());

const take = () => takeBatches(pipeline, { dataDirectory: join(pipeline.home, 'data') });
const rate = (userId: number, movieId: number, half: number, ratedAt = TIME) =>
  recordFeedback(pipeline.store, [{ userId, movieId, half, ratedAt }]);

test('what was rated since the last batch is one batch, and after it nothing waits', async () => {
  await rate(1, 10, 7);
  await rate(1, 10, 9, TIME + 60);
  await rate(2, 10, 4);
  expect((await take()).taken).toMatchObject([
    { source: 'feedback-1-3.parquet', role: 'buffer', read: 2, new: 2, updated: 0, rejected: 0 },
  ]);
  expect(await take()).toMatchObject({ taken: [], sources: [{ offered: 0, note: 'no new ratings' }] });

  await rate(2, 10, 8, TIME + 90);
  expect((await take()).taken).toMatchObject([{ source: 'feedback-4-4.parquet', updated: 1 }]);
  expect(rowsOfRatings(await readStoredRatings(pipeline.store))).toEqual([
    [1, 10, 9, TIME + 60],
    [2, 10, 8, TIME + 90],
  ]);
});

test('what users do besides rating is in no batch, and showings that have faded are deleted', async () => {
  const { store, clock } = pipeline;
  const now = Math.floor(clock().getTime() / 1000);
  const told = (movieId: number, kind: InteractionKind, at = now): UserInteraction => ({
    userId: 1,
    movieId,
    kind,
    at,
    times: 1,
  });
  await createApiKey(store, { name: 'app', key: 'cm_x' }, clock());
  const interactions = [
    told(10, 'watched'),
    told(11, 'wanted', now - 300 * 86_400),
    told(12, 'hidden'),
    told(13, 'shown', now - 27 * 86_400),
    told(14, 'shown', now - 29 * 86_400),
  ];
  await recordInteractions(store.sql, interactions, store.sql`select key_id from api_keys`);
  expect(await waitingFeedback(store, clock())).toBeNull();
  await rate(1, 20, 7);
  expect((await take()).taken).toMatchObject([{ read: 1, new: 1 }]);
  expect(rowsOfRatings(await readStoredRatings(store))).toEqual([[1, 20, 7, TIME]]);
  expect([...(await readSummaries(store, [1])).values()].map(({ movieIds }) => [...movieIds])).toEqual([
    [20],
  ]);
  expect(await readInteractions(store)).toEqual(interactions.slice(0, 4));
});

/** As a process that ends between the ingestion and the note that says so. */
async function ingestAndCrash(): Promise<void> {
  const waiting = await waitingFeedback(pipeline.store, pipeline.clock());
  if (waiting === null) throw new Error('nothing waits');
  const path = join(pipeline.home, `feedback-${waiting.ids[0]}-${waiting.ids.at(-1)}.parquet`);
  await writeRatings(path, waiting.ratings);
  await ingestRatings(pipeline, path, 'buffer');
}

test('after a crash the same rows are the same batch, and marked', async () => {
  await rate(1, 10, 7);
  await ingestAndCrash();
  expect((await take()).taken).toMatchObject([
    { status: 'already-ingested', batch: 1, new: 0, unchanged: 1 },
  ]);
  expect(await waitingFeedback(pipeline.store, pipeline.clock())).toBeNull();
});

test('after a crash and newer ratings nothing counts twice', async () => {
  await rate(1, 10, 7);
  await ingestAndCrash();
  await rate(2, 11, 8);
  expect((await take()).taken).toMatchObject([{ status: 'ingested', read: 2, new: 1, unchanged: 1 }]);
  expect(await readStoredRatings(pipeline.store)).toHaveLength(2);
  expect(await waitingFeedback(pipeline.store, pipeline.clock())).toBeNull();
});
