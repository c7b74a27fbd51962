import type postgres from 'postgres';
import { concatRatings, emptyRatings, type Ratings } from '../ratings/ratings.ts';

/** Many ratings as one row with four columns of big-endian numbers. */
export interface PackedRatings {
  readonly userIds: Buffer | null;
  readonly movieIds: Buffer | null;
  readonly halves: Buffer | null;
  readonly ratedAt: Buffer | null;
}

/**
 * The select list that packs many ratings into one row. It takes a tenth of the time of one row for each rating. All
 * aggregates of a query read rows in the same order, so position i of each column belongs to the same rating.
 */
export function packedRatings(
  sql: postgres.ISql,
  columns: { readonly half: string; readonly ratedAt: string },
): postgres.Fragment {
  return sql`
    string_agg(int4send(user_id), '') as user_ids,
    string_agg(int4send(movie_id), '') as movie_ids,
    string_agg(int2send(${sql(columns.half)}), '') as halves,
    string_agg(int4send(${sql(columns.ratedAt)}), '') as rated_at`;
}

/** The ratings of packed rows, in the same order. */
export function unpackRatings(rows: readonly PackedRatings[]): Ratings {
  return concatRatings(rows.map(unpackRow));
}

function unpackRow({ userIds, movieIds, halves, ratedAt }: PackedRatings): Ratings {
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

function bigEndian32(bytes: Buffer): Int32Array {
  const copy = Buffer.from(new Uint8Array(bytes).buffer);
  copy.swap32();
  return new Int32Array(copy.buffer);
}
