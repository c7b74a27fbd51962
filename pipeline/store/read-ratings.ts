import { sortByUser } from '../ratings/order.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { type PackedRatings, packedRatings, unpackRatings } from './packed-ratings.ts';
import type { Store } from './store.ts';

/**
 * Reads the current ratings of some or all batches, ordered by user and movie.
 *
 * Each row has the packed ratings of a block of users. Sorting them here is faster than a scan of the key, and a block
 * is far below the limit of one gigabyte per value.
 */
export async function readStoredRatings(
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

/** The pairs of user and movie whose earlier rating was replaced by these batches. */
export async function readRevisedPairs(
  { sql }: Store,
  batchIds: readonly number[],
): Promise<{ readonly userIds: Int32Array; readonly movieIds: Int32Array }> {
  const rows = await sql<PackedRatings[]>`
    select ${packedRatings(sql, { half: 'previous_half', ratedAt: 'previous_rated_at' })}
    from rating_revisions where batch_id = any(${[...batchIds]})`;
  return unpackRatings(rows);
}
