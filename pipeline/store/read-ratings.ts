import type postgres from 'postgres';
import { sortByUser } from '../ratings/order.ts';
import {
  concatRatings,
  emptyRatings,
  filterRatings,
  type Ratings,
  sliceRatings,
} from '../ratings/ratings.ts';
import { type AggregatedRatings, aggregatedRatings, separateRatings } from './aggregated-ratings.ts';
import { historySlices, historySlicesOf } from './histories.ts';
import type { Store } from './store.ts';

/** Multiplicative hashing of user ids: D. E. Knuth, The Art of Computer Programming, volume 3, section 6.4. */
const HASH_FACTOR = 2_654_435_761;
const HASHES = 2 ** 32;

interface Filter {
  readonly batchIds?: readonly number[];
  readonly beforeBatch?: number;
  readonly userIds?: Int32Array;
  readonly userShare?: number;
}

/**
 * Reads the current ratings of some or all batches, ordered by user and movie, as they are at one moment.
 *
 * The packed histories are read only when they have ratings of these batches, and then in slices, so that little more
 * than the result is in memory.
 *
 * @param filter.userIds reads the ratings of these users.
 * @param filter.beforeBatch reads batches with lower ids.
 * @param filter.userShare reads the ratings of about this share of the users, 0 to 1: always the same users, and with a
 * larger share the same ones and more.
 * @throws OperatorError `store-damaged`.
 */
export async function readStoredRatings({ sql }: Store, filter: Filter = {}): Promise<Ratings> {
  if (filter.batchIds !== undefined) {
    const { plain, packed } = await readPlain(sql, filter);
    if (packed === 0) return plain;
  }
  return sql.begin('isolation level repeatable read read only', async (snapshot) => {
    const { plain, packed } = await readPlain(snapshot, filter);
    return packed === 0 ? plain : addHistories(snapshot, plain, packed, filter);
  }) as Promise<Ratings>;
}

/**
 * Reads plain rows, and how many ratings of the batches are packed. Each row of the result has the ratings of a block of
 * users. Sorting them here is faster than a scan of the key, and a block is far below the limit of one gigabyte per
 * value.
 */
async function readPlain(
  sql: postgres.ISql,
  { batchIds, beforeBatch, userIds, userShare = 1 }: Filter,
): Promise<{ readonly plain: Ratings; readonly packed: number }> {
  const ofBatches = sql`
    true ${batchIds === undefined ? sql`` : sql`and batch_id = any(${[...batchIds]})`}
    ${beforeBatch === undefined ? sql`` : sql`and batch_id < ${beforeBatch}`}`;
  const rows = await sql<(AggregatedRatings & { readonly packed: number })[]>`
    select packed, blocks.*
    from (select coalesce(sum(packed), 0)::integer as packed from ingestion_ledger where ${ofBatches}) as stored
    left join (
      select ${aggregatedRatings(sql, { half: 'half', ratedAt: 'rated_at' })} from ratings
      where ${ofBatches}
      ${userIds === undefined ? sql`` : sql`and user_id = any(${[...userIds]})`}
      ${userShare >= 1 ? sql`` : sql`and (user_id::bigint * ${HASH_FACTOR}) % ${HASHES} < ${Math.floor(userShare * HASHES)}`}
      group by user_id / 65536) as blocks on true`;
  return { plain: sortByUser(separateRatings(rows)), packed: rows[0]?.packed ?? 0 };
}

/**
 * @param plain ordered by user and movie.
 * @param packed the number of packed ratings of the batches, of all users.
 */
async function addHistories(
  sql: postgres.ISql,
  plain: Ratings,
  packed: number,
  { batchIds, beforeBatch = Number.POSITIVE_INFINITY, userIds, userShare = 1 }: Filter,
): Promise<Ratings> {
  const isWantedUser = (userId: number): boolean =>
    userShare >= 1 || Math.imul(userId, HASH_FACTOR) >>> 0 < Math.floor(userShare * HASHES);
  const batches = batchIds === undefined ? null : new Set(batchIds);
  const takesAll = batches === null && beforeBatch === Number.POSITIVE_INFINITY && userShare >= 1;
  const isWanted = (batch: number, user: number): boolean =>
    batch < beforeBatch && (batches === null || batches.has(batch)) && isWantedUser(user);
  const slices =
    userIds === undefined
      ? historySlices(sql, isWantedUser)
      : historySlicesOf(sql, Int32Array.from(userIds).sort());
  const all = appendedRatings(userIds === undefined && userShare >= 1 ? plain.length + packed : plain.length);
  let next = 0;
  for await (const slice of slices) {
    const { userIds: users, batchIds: from } = slice;
    const wanted = takesAll
      ? slice
      : filterRatings(slice, (row) => isWanted(from[row] as number, users[row] as number));
    const last = users.at(-1) ?? 0;
    const begin = next;
    while (next < plain.length && (plain.userIds[next] as number) <= last) next++;
    all.append(sortByUser(concatRatings([sliceRatings(plain, begin, next), wanted])));
  }
  all.append(sliceRatings(plain, next));
  return all.finish();
}

/** Ratings that grow at the end, in memory for `expected` ratings at first. */
function appendedRatings(expected: number): {
  append(part: Ratings): void;
  finish(): Ratings;
} {
  let all = emptyRatings(expected);
  let length = 0;
  return {
    append(part) {
      if (length + part.length > all.length) {
        const more = emptyRatings(length + part.length);
        all = concatRatings([sliceRatings(all, 0, length), more]);
      }
      all.userIds.set(part.userIds, length);
      all.movieIds.set(part.movieIds, length);
      all.halves.set(part.halves, length);
      all.ratedAt.set(part.ratedAt, length);
      length += part.length;
    },
    // A copy gives the rest of the memory back.
    finish: () => (length === all.length ? all : concatRatings([sliceRatings(all, 0, length)])),
  };
}

/** The pairs of user and movie whose earlier rating was replaced by these batches. */
export async function readRevisedPairs(
  { sql }: Store,
  batchIds: readonly number[],
): Promise<{ readonly userIds: Int32Array; readonly movieIds: Int32Array }> {
  const rows = await sql<AggregatedRatings[]>`
    select ${aggregatedRatings(sql, { half: 'previous_half', ratedAt: 'previous_rated_at' })}
    from rating_revisions where batch_id = any(${[...batchIds]})`;
  return separateRatings(rows);
}
