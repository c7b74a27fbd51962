import { orderRows } from './order.ts';
import type { Ratings } from './ratings.ts';

/** Pairs of a user and a movie as columns. */
export type Pairs = Pick<Ratings, 'userIds' | 'movieIds'>;

/**
 * Which rows have a pair of user and movie that is among others: 1 for each such row, otherwise 0. Both are sorted and
 * merged, so that memory has columns only, whatever their number.
 */
export function rowsAmong(ratings: Pairs, others: Pairs): Uint8Array {
  const rows = orderRows([ratings.userIds, ratings.movieIds]);
  const otherRows = orderRows([others.userIds, others.movieIds]);
  const isAmong = new Uint8Array(rows.length);
  let at = 0;
  for (const row of rows) {
    while (at < otherRows.length && comparePairs(others, otherRows[at] as number, ratings, row) < 0) at++;
    if (at === otherRows.length) break;
    isAmong[row] = Number(comparePairs(others, otherRows[at] as number, ratings, row) === 0);
  }
  return isAmong;
}

function comparePairs(a: Pairs, row: number, b: Pairs, other: number): number {
  const users = (a.userIds[row] as number) - (b.userIds[other] as number);
  return users === 0 ? (a.movieIds[row] as number) - (b.movieIds[other] as number) : users;
}
