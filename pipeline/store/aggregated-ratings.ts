import type postgres from 'postgres';
import { concatRatings, emptyRatings, type Ratings } from '../ratings/ratings.ts';
import type { BatchRatings } from './batch-ratings.ts';

/** Many ratings as one row of a result, with four columns of big-endian numbers. */
export interface AggregatedRatings {
  readonly userIds: Buffer | null;
  readonly movieIds: Buffer | null;
  readonly halves: Buffer | null;
  readonly ratedAt: Buffer | null;
}

export interface AggregatedBatchRatings extends AggregatedRatings {
  readonly batchIds: Buffer | null;
}

/**
 * The select list that aggregates many ratings to one row. It takes a tenth of the time of one row for each rating. All
 * aggregates of a query read rows in the same order, so position i of each column belongs to the same rating.
 */
export function aggregatedRatings(
  sql: postgres.ISql,
  columns: { readonly half: string; readonly ratedAt: string },
): postgres.Fragment {
  return sql`
    string_agg(int4send(user_id), '') as user_ids,
    string_agg(int4send(movie_id), '') as movie_ids,
    string_agg(int2send(${sql(columns.half)}), '') as halves,
    string_agg(int4send(${sql(columns.ratedAt)}), '') as rated_at`;
}

/** Like `aggregatedRatings` for the columns of the table `ratings`, with the batch of each rating. */
export function aggregatedBatchRatings(sql: postgres.ISql): postgres.Fragment {
  return sql`
    ${aggregatedRatings(sql, { half: 'half', ratedAt: 'rated_at' })},
    string_agg(int2send(batch_id), '') as batch_ids`;
}

/** The ratings of aggregated rows, in the same order. */
export function separateRatings(rows: readonly AggregatedRatings[]): Ratings {
  return concatRatings(rows.map(separateRow));
}

/** The ratings of one aggregated row with their batches, in the same order. */
export function separateBatchRatings(row: AggregatedBatchRatings | undefined): BatchRatings {
  const ratings = row === undefined ? emptyRatings(0) : separateRow(row);
  return { ...ratings, batchIds: bigEndian16(row?.batchIds ?? Buffer.alloc(0)) };
}

function separateRow({ userIds, movieIds, halves, ratedAt }: AggregatedRatings): Ratings {
  // An aggregate without rows is null.
  if (userIds === null || movieIds === null || halves === null || ratedAt === null) return emptyRatings(0);
  return {
    length: userIds.length / 4,
    userIds: bigEndian32(userIds),
    movieIds: bigEndian32(movieIds),
    // The value fits into the second of its two bytes.
    halves: Uint8Array.from({ length: halves.length / 2 }, (_, row) => halves[2 * row + 1] as number),
    ratedAt: bigEndian32(ratedAt),
  };
}

function bigEndian16(bytes: Buffer): Int16Array {
  const copy = Buffer.from(new Uint8Array(bytes).buffer);
  copy.swap16();
  return new Int16Array(copy.buffer);
}

function bigEndian32(bytes: Buffer): Int32Array {
  const copy = Buffer.from(new Uint8Array(bytes).buffer);
  copy.swap32();
  return new Int32Array(copy.buffer);
}
