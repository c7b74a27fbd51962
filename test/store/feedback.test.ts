/** Ratings sent to the API wait until a batch ingests them. */
import { expect, test } from 'vitest';
import { markFeedback, recordFeedback, waitingFeedback } from '../../pipeline/store/feedback.ts';
import { ingestBatch } from '../../pipeline/store/ingest-batch.ts';
import { batchOf, ratingsOf, rowsOfRatings } from '../support/batches.ts';
import { onEachHome, onServer } from '../support/stores.ts';

const NOW = new Date('2026-03-02T06:17:00Z');
const TIME = NOW.getTime() / 1000 - 3600;
const rating = (userId: number, movieId: number, half: number, ratedAt = TIME) => ({
  userId,
  movieId,
  half,
  ratedAt,
});

onEachHome(({ openStore }) => {
  test('the latest rating of a user and movie counts; with equal times, the later row', async () => {
    const store = await openStore();
    expect(
      await recordFeedback(store, [rating(2, 7, 8, TIME + 5), rating(2, 7, 3), rating(1, 9, 5)]),
    ).toEqual({
      recorded: 3,
    });
    await recordFeedback(store, [rating(1, 9, 6), rating(1, 8, 10)]);
    const waiting = await waitingFeedback(store, NOW);
    expect(waiting?.ids).toEqual([1, 2, 3, 4, 5]);
    expect(rowsOfRatings(waiting?.ratings ?? ratingsOf([]))).toEqual([
      [1, 8, 10, TIME],
      [1, 9, 6, TIME],
      [2, 7, 8, TIME + 5],
    ]);
  });

  test('ingested feedback does not wait any more and belongs to no other batch', async () => {
    const store = await openStore();
    await recordFeedback(store, [rating(1, 1, 4), rating(1, 2, 5)]);
    const taken = await waitingFeedback(store, NOW);
    await recordFeedback(store, [rating(1, 3, 6)]);
    for (const name of ['one', 'two']) {
      await ingestBatch(store, batchOf(name, ratingsOf([])), { maxRejectShare: 0 });
    }
    expect(await markFeedback(store, taken?.ids ?? [], 1)).toEqual({ marked: 2 });
    expect(await markFeedback(store, taken?.ids ?? [], 2)).toEqual({ marked: 0 });
    expect((await waitingFeedback(store, NOW))?.ids).toEqual([3]);
    await markFeedback(store, [3], 2);
    expect(await waitingFeedback(store, NOW)).toBeNull();
  });

  test('a rating with a future time waits until then', async () => {
    const store = await openStore();
    await recordFeedback(store, [rating(1, 1, 4, TIME + 7200)]);
    expect(await waitingFeedback(store, NOW)).toBeNull();
    expect((await waitingFeedback(store, new Date(NOW.getTime() + 7_200_000)))?.ids).toEqual([1]);
  });

  test('an empty list records nothing', async () => {
    expect(await recordFeedback(await openStore(), [])).toEqual({ recorded: 0 });
  });
});

onServer(({ openStore, openSecondStore }) => {
  test('a rating whose transaction ends after a later one is not lost', async () => {
    const store = await openStore();
    const other = await openSecondStore();
    await ingestBatch(store, batchOf('one', ratingsOf([])), { maxRejectShare: 0 });
    const seen = await other.sql.begin(async (sql) => {
      await sql`insert into feedback (user_id, movie_id, half, rated_at) values (1, 1, 4, ${TIME})`;
      await recordFeedback(store, [rating(2, 2, 5)]);
      return waitingFeedback(store, NOW);
    });
    expect(seen?.ids).toEqual([2]);
    await markFeedback(store, seen?.ids ?? [], 1);
    expect((await waitingFeedback(store, NOW))?.ids).toEqual([1]);
  });
});
