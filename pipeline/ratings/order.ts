import { type Ratings, selectRatings } from './ratings.ts';

const DIGIT_BITS = 16;
const DIGIT = (1 << DIGIT_BITS) - 1;

/** The numbers from 0 to `length` − 1. */
export function rowNumbers(length: number): Int32Array<ArrayBuffer> {
  const rows = new Int32Array(length);
  for (let row = 0; row < length; row++) rows[row] = row;
  return rows;
}

/**
 * The row numbers in ascending order of the first column, then of the next ones. Rows that are equal in all columns keep
 * their order. This is a radix sort, so the time is linear in the number of rows.
 *
 * @param columns of equal length, values from 0.
 */
export function orderRows(columns: readonly Int32Array[]): Int32Array {
  let rows = rowNumbers(columns[0]?.length ?? 0);
  for (const column of columns.toReversed()) {
    rows = byDigit(rows, column, 0);
    if (column.some((value) => value > DIGIT)) rows = byDigit(rows, column, DIGIT_BITS);
  }
  return rows;
}

/** Sorts rows by one digit of their values; rows with equal digits keep their order. */
function byDigit(rows: Int32Array, column: Int32Array, shift: number): Int32Array<ArrayBuffer> {
  const next = new Int32Array(DIGIT + 2);
  for (let row = 0; row < column.length; row++) {
    const following = (((column[row] as number) >>> shift) & DIGIT) + 1;
    next[following] = (next[following] as number) + 1;
  }
  for (let digit = 0; digit < DIGIT; digit++) {
    next[digit + 1] = (next[digit + 1] as number) + (next[digit] as number);
  }
  const sorted = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    const digit = ((column[row] as number) >>> shift) & DIGIT;
    const position = next[digit] as number;
    next[digit] = position + 1;
    sorted[position] = row;
  }
  return sorted;
}

/** Whether the rows are already in order, as those of a store or a prepared file are. */
function isOrdered(columns: readonly Int32Array[]): boolean {
  const length = columns[0]?.length ?? 0;
  for (let row = 1; row < length; row++) {
    for (const column of columns) {
      const step = (column[row] as number) - (column[row - 1] as number);
      if (step < 0) return false;
      if (step > 0) break;
    }
  }
  return true;
}

function sortBy(ratings: Ratings, columns: readonly Int32Array[]): Ratings {
  return isOrdered(columns) ? ratings : selectRatings(ratings, orderRows(columns));
}

/**
 * The rows ordered by time, then user, then movie, so that the order depends only on the set of ratings.
 */
export function sortByTime(ratings: Ratings): Ratings {
  return sortBy(ratings, [ratings.ratedAt, ratings.userIds, ratings.movieIds]);
}

/** The rows ordered by user and then movie: the order of the store's key. */
export function sortByUser(ratings: Ratings): Ratings {
  return sortBy(ratings, [ratings.userIds, ratings.movieIds]);
}
