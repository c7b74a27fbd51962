import { expect, test } from 'vitest';
import { countKnownRows } from '../../pipeline/ratings/known-rows.ts';
import type { Ratings } from '../../pipeline/ratings/ratings.ts';

/** user, movie, halves, time of each rating. */
const ratingsOf = (...rows: readonly (readonly [number, number, number, number])[]): Ratings => ({
  length: rows.length,
  userIds: Int32Array.from(rows, ([user]) => user),
  movieIds: Int32Array.from(rows, ([, movie]) => movie),
  halves: Uint8Array.from(rows, ([, , halves]) => halves),
  ratedAt: Int32Array.from(rows, ([, , , time]) => time),
});

test('a rating is known when an earlier source has it with the same value and time', () => {
  const ratings = ratingsOf([2, 1, 8, 10], [1, 9, 4, 10], [1, 2, 6, 10], [1, 1, 6, 10]);
  expect(countKnownRows(ratings, [])).toBe(0);
  expect(countKnownRows(ratings, [ratings, ratings])).toBe(4);
  expect(countKnownRows(ratings, [ratingsOf([1, 1, 6, 10], [3, 1, 8, 10]), ratingsOf([2, 1, 8, 10])])).toBe(
    2,
  );
  expect(countKnownRows(ratings, [ratingsOf([1, 1, 6, 11], [2, 1, 7, 10])])).toBe(0);
});
