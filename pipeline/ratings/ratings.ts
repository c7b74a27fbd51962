/**
 * Ratings as columns. Row `i` means that user `userIds[i]` gave movie `movieIds[i]`
 * `halves[i]` half stars at `ratedAt[i]`.
 *
 * Ratings are stored, counted and compared in half stars (integers from 1 to 10), so that sums are exact. Models
 * and people use stars (0.5 to 5.0).
 */
export interface Ratings {
  readonly length: number;
  readonly userIds: Int32Array;
  readonly movieIds: Int32Array;
  /** Half stars, 1 to 10. */
  readonly halves: Uint8Array;
  /** Seconds since 1970-01-01 UTC. */
  readonly ratedAt: Int32Array;
}

/** The number of possible ratings: 0.5 to 5.0 by halves. */
export const RATING_LEVELS = 10;

export function emptyRatings(length: number): Ratings {
  return {
    length,
    userIds: new Int32Array(length),
    movieIds: new Int32Array(length),
    halves: new Uint8Array(length),
    ratedAt: new Int32Array(length),
  };
}

/** The given rows, in the given order, copied. */
export function selectRatings(ratings: Ratings, rows: ArrayLike<number>): Ratings {
  const selected = emptyRatings(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    selected.userIds[i] = ratings.userIds[row] as number;
    selected.movieIds[i] = ratings.movieIds[row] as number;
    selected.halves[i] = ratings.halves[row] as number;
    selected.ratedAt[i] = ratings.ratedAt[row] as number;
  }
  return selected;
}

/** The rows for which `keep` returns true, in the same order, copied. */
export function filterRatings(ratings: Ratings, keep: (row: number) => boolean): Ratings {
  const rows = new Int32Array(ratings.length);
  let length = 0;
  for (let row = 0; row < ratings.length; row++) if (keep(row)) rows[length++] = row;
  return selectRatings(ratings, rows.subarray(0, length));
}

/** Rows `from` (inclusive) to `to` (exclusive), sharing memory with the original. */
export function sliceRatings(ratings: Ratings, from: number, to: number = ratings.length): Ratings {
  return {
    length: to - from,
    userIds: ratings.userIds.subarray(from, to),
    movieIds: ratings.movieIds.subarray(from, to),
    halves: ratings.halves.subarray(from, to),
    ratedAt: ratings.ratedAt.subarray(from, to),
  };
}

export function concatRatings(parts: readonly Ratings[]): Ratings {
  const all = emptyRatings(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.userIds.set(part.userIds, offset);
    all.movieIds.set(part.movieIds, offset);
    all.halves.set(part.halves, offset);
    all.ratedAt.set(part.ratedAt, offset);
    offset += part.length;
  }
  return all;
}
