import { sortByUser } from '../ratings/order.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { type PackedRatings, packedRatings, unpackRatings } from './packed-ratings.ts';
import type { Store } from './store.ts';

/** Multiplicative hashing of user ids: D. E. Knuth, The Art of Computer Programming, volume 3, section 6.4. */
const HASH_FACTOR = 2_654_435_761;
const HASHES = 2 ** 32;

/**
 * Reads the current ratings of some or all batches, ordered by user and movie.
 *
 * @param filter.userIds reads the ratings of these users.
 * @param filter.beforeBatch reads batches with lower ids.
 * @param filter.userShare reads the ratings of about this share of the users, 0 to 1: always the same users, and with a
 * larger share the same ones and more.
 *
 * Each row has the packed ratings of a block of users. Sorting them here is faster than a scan of the key, and a block
 * is far below the limit of one gigabyte per value.
 */
export async function readStoredRatings(
  { sql }: Store,
  filter: {
    readonly batchIds?: readonly number[];
    readonly beforeBatch?: number;
    readonly userIds?: Int32Array;
    readonly userShare?: number;
  } = {},
): Promise<Ratings> {
  const { batchIds, beforeBatch, userIds, userShare = 1 } = filter;
  const rows = await sql<PackedRatings[]>`
    select ${packedRatings(sql, { half: 'half', ratedAt: 'rated_at' })} from ratings
    where true
    ${batchIds === undefined ? sql`` : sql`and batch_id = any(${[...batchIds]})`}
    ${beforeBatch === undefined ? sql`` : sql`and batch_id < ${beforeBatch}`}
    ${userIds === undefined ? sql`` : sql`and user_id = any(${[...userIds]})`}
    ${userShare >= 1 ? sql`` : sql`and (user_id::bigint * ${HASH_FACTOR}) % ${HASHES} < ${Math.floor(userShare * HASHES)}`}
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
