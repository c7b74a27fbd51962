import { expect, test } from 'vitest';
import { sortByUser } from '../../pipeline/ratings/order.ts';
import { concatRatings } from '../../pipeline/ratings/ratings.ts';
import { snapshotDigest } from '../../pipeline/ratings/snapshot.ts';
import { ingestBatch } from '../../pipeline/store/ingest-batch.ts';
import { readStoredRatings } from '../../pipeline/store/read-ratings.ts';
import { batchOf, distinctRatings, type RatingRow, ratingsOf, rowsOfRatings } from '../support/batches.ts';
import { onEachHome } from '../support/stores.ts';

onEachHome(({ openStore }) => {
  test('many ratings of many blocks are read back exactly, all and by batch', async () => {
    const store = await openStore();
    const taken = new Set<number>();
    const parts = [1, 2].map((seed) =>
      distinctRatings(20_000, seed, { users: 30_000, movies: 2_000, taken }),
    );
    for (const [index, part] of parts.entries()) {
      await ingestBatch(store, batchOf(`part ${index}`, part), { maxRejectShare: 0 });
    }
    const all = sortByUser(concatRatings(parts));
    expect(await readStoredRatings(store)).toEqual(all);
    expect(await readStoredRatings(store, { batchIds: [2] })).toEqual(
      sortByUser(parts[1] as (typeof parts)[1]),
    );
    expect((await readStoredRatings(store, { batchIds: [] })).length).toBe(0);
    expect(snapshotDigest(await readStoredRatings(store))).toBe(snapshotDigest(all));
  });

  test('the largest ids and times are read back, in order of user and movie', async () => {
    const store = await openStore();
    const largest = 2_147_483_647;
    const rows: RatingRow[] = [
      [largest, largest, 10, largest],
      [largest, 5, 3, 1_000_000_000],
      [1, largest, 1, 788_918_400],
      [1, 5_000_000, 2, 788_918_400],
    ];
    await ingestBatch(store, batchOf('extremes', ratingsOf(rows)), { maxRejectShare: 0 });
    expect(rowsOfRatings(await readStoredRatings(store))).toEqual(rows.toReversed());
  });
});
