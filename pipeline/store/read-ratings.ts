import { sortByUser } from '../ratings/order.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { snapshotDigest } from '../ratings/snapshot.ts';
import { type PackedRatings, packedRatings, unpackRatings } from './packed-ratings.ts';
import type { Store } from './store.ts';

/**
 * The ratings that stand, of some batches or of all, ordered by user and movie.
 *
 * They come packed, a block of users at a time, and are put in order here: that is faster than a scan of the
 * key, and no block comes near the gigabyte a value may have.
 */
export async function readRatings(
  { sql }: Store,
  filter: { readonly batchIds?: readonly number[] } = {},
): Promise<Ratings> {
  const { batchIds } = filter;
  const rows = await sql<PackedRatings[]>`
    select ${packedRatings(sql, { half: 'half', ratedAt: 'rated_at' })} from ratings
    ${batchIds === undefined ? sql`` : sql`where batch_id = any(${[...batchIds]})`}
    group by user_id / 8192`;
  return sortByUser(unpackRatings(rows));
}

/** The pairs of user and movie that were rated before and whose rating these batches replaced. */
export async function readRevisedPairs(
  { sql }: Store,
  batchIds: readonly number[],
): Promise<{ readonly userIds: Int32Array; readonly movieIds: Int32Array }> {
  const rows = await sql<PackedRatings[]>`
    select ${packedRatings(sql, { half: 'previous_half', ratedAt: 'previous_rated_at' })}
    from rating_revisions where batch_id = any(${[...batchIds]})`;
  return unpackRatings(rows);
}

/** SHA-256 over every rating that stands, in the order of `readRatings`. Equal content, equal digest. */
export async function ratingsDigest(store: Store): Promise<string> {
  return snapshotDigest(await readRatings(store));
}
