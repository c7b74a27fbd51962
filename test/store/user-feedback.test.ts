import { expect, test } from 'vitest';
import { withDriftLock } from '../../pipeline/store/drift-lock.ts';
import { markFeedback, recordFeedback } from '../../pipeline/store/feedback.ts';
import { ingestBatch } from '../../pipeline/store/ingest-batch.ts';
import { quarantineRatings } from '../../pipeline/store/quarantine.ts';
import { readSinceTraining } from '../../pipeline/store/since-training.ts';
import { readRatingsOfUser } from '../../pipeline/store/user-feedback.ts';
import { batchOf, ratingsOf } from '../support/batches.ts';
import { onEachHome } from '../support/stores.ts';

const TIME = 1_772_000_000;
const sent = (userId: number, movieId: number, half: number, ratedAt = TIME) => ({
  userId,
  movieId,
  half,
  ratedAt,
});

onEachHome(({ openStore }) => {
  test('the latest rating of each movie counts, ingested or not', async () => {
    const store = await openStore();
    await ingestBatch(store, batchOf('one', ratingsOf([])), { maxRejectShare: 0 });
    await recordFeedback(store, [sent(1, 7, 8, TIME + 5), sent(1, 9, 4), sent(2, 7, 2)]);
    await markFeedback(store, [1, 2, 3], 1);
    await recordFeedback(store, [sent(1, 7, 3), sent(1, 9, 5), sent(1, 5, 10)]);
    expect(await readRatingsOfUser(store, 1)).toEqual([
      { movieId: 5, stars: 5 },
      { movieId: 7, stars: 4 },
      { movieId: 9, stars: 2.5 },
    ]);
    expect(await readRatingsOfUser(store, 3)).toEqual([]);
  });

  test('users whose ratings differ from those of the learned batches are found', async () => {
    const store = await openStore();
    const batches = [
      ratingsOf([
        [1, 1, 6, TIME],
        [2, 1, 6, TIME],
        [3, 1, 6, TIME],
        [4, 1, 6, TIME],
        [5, 2, 6, TIME],
      ]),
      ratingsOf([[2, 1, 7, TIME + 1]]),
      ratingsOf([[9, 9, 7, TIME + 1]]),
    ];
    for (const [at, batch] of batches.entries()) {
      await ingestBatch(store, batchOf(`${at}`, batch), { maxRejectShare: 0 });
    }
    await recordFeedback(store, [sent(3, 5, 8), sent(4, 5, 8)]);
    await markFeedback(store, [2], 1);
    const subjects = [{ kind: 'movie' as const, id: 2 }];
    await withDriftLock(store, (lock) =>
      quarantineRatings(lock, store, { subjects, by: 'somebody', at: new Date(0), reason: '' }),
    );
    const found = async (learned: readonly number[]) =>
      (await readSinceTraining(store, [1, 2, 3, 4, 5, 6], learned)).unlearned;
    expect(await found([1])).toEqual(new Set([2, 3, 5]));
    expect(await found([1, 2])).toEqual(new Set([3, 5]));
    expect(await found([])).toEqual(new Set([1, 2, 3, 4, 5]));
    expect((await readSinceTraining(store, [], [])).unlearned).toEqual(new Set());
  });

  test('feedback replaces older ratings of the user, as in the next batch', async () => {
    const store = await openStore();
    const standing = ratingsOf([
      [1, 1, 6, TIME],
      [1, 2, 6, TIME],
      [1, 3, 6, TIME],
      [2, 1, 9, TIME],
    ]);
    await ingestBatch(store, batchOf('one', standing), { maxRejectShare: 0 });
    const feedback = [sent(1, 1, 7, TIME + 1), sent(1, 2, 8, TIME - 1), sent(1, 3, 9), sent(1, 4, 10)];
    await recordFeedback(store, feedback);
    const expected = [
      { movieId: 1, stars: 3.5 },
      { movieId: 2, stars: 3 },
      { movieId: 3, stars: 4.5 },
      { movieId: 4, stars: 5 },
    ];
    expect(await readRatingsOfUser(store, 1)).toEqual(expected);
    const batch = ratingsOf(
      feedback.map(({ userId, movieId, half, ratedAt }) => [userId, movieId, half, ratedAt]),
    );
    await ingestBatch(store, batchOf('two', batch), { maxRejectShare: 0 });
    expect(await readRatingsOfUser(store, 1)).toEqual(expected);
  });
});
