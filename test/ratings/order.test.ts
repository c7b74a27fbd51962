import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortByTime, sortByUser } from '../../pipeline/ratings/order.ts';
import { concatRatings, filterRatings, sliceRatings } from '../../pipeline/ratings/ratings.ts';
import { snapshotDigest } from '../../pipeline/ratings/snapshot.ts';
import { splitByTime, splitIntoWindows } from '../../pipeline/ratings/split.ts';
import { type Row, ratingsOf, rowsIn, someRows } from './some-ratings.ts';

const by =
  (...columns: readonly (0 | 1 | 2 | 3)[]) =>
  (a: Row, b: Row): number => {
    const differing = columns.find((column) => a[column] !== b[column]);
    return differing === undefined ? 0 : a[differing] - b[differing];
  };

test('ratings are ordered by time, then user, then movie', () => {
  fc.assert(
    fc.property(someRows, (rows) => {
      expect(rowsIn(sortByTime(ratingsOf(rows)))).toEqual([...rows].sort(by(3, 0, 1)));
    }),
    { seed: 1 },
  );
});

test('ratings are ordered by user, then movie; equal ones keep their order', () => {
  fc.assert(
    fc.property(someRows, (rows) => {
      expect(rowsIn(sortByUser(ratingsOf(rows)))).toEqual([...rows].sort(by(0, 1)));
    }),
    { seed: 1 },
  );
});

test('a split by time splits at its boundary and loses nothing', () => {
  fc.assert(
    fc.property(someRows, fc.double({ min: 0, max: 1, noNaN: true }), (rows, share) => {
      const { older, newer, boundary } = splitByTime(ratingsOf(rows), share);
      expect([...older.ratedAt].every((time) => time < boundary)).toBe(true);
      expect([...newer.ratedAt].every((time) => time >= boundary)).toBe(true);
      expect(rowsIn(concatRatings([older, newer]))).toEqual([...rows].sort(by(3, 0, 1)));
    }),
    { seed: 1 },
  );
});

test('a split by time has the requested share when all times differ', () => {
  const ratings = ratingsOf(Array.from({ length: 10 }, (_, i) => [1, i + 1, 5, 1_000_000_000 + i]));
  const { older, newer, boundary } = splitByTime(ratings, 0.7);
  expect([older.length, newer.length, boundary]).toEqual([7, 3, 1_000_000_007]);
});

test('windows are consecutive, their sizes differ by one rating at most, and they contain all ratings', () => {
  fc.assert(
    fc.property(someRows, fc.integer({ min: 1, max: 9 }), (rows, count) => {
      const windows = splitIntoWindows(ratingsOf(rows), count);
      const lengths = windows.map(({ length }) => length);
      expect(windows.length).toBe(count);
      expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
      expect(rowsIn(concatRatings(windows))).toEqual([...rows].sort(by(3, 0, 1)));
    }),
    { seed: 1 },
  );
});

test('a filter copies its rows, a slice shares their memory', () => {
  const ratings = ratingsOf([
    [1, 1, 2, 5],
    [2, 1, 4, 6],
    [3, 1, 6, 7],
  ]);
  expect(rowsIn(filterRatings(ratings, (row) => ratings.userIds[row] !== 2))).toEqual([
    [1, 1, 2, 5],
    [3, 1, 6, 7],
  ]);
  expect(rowsIn(sliceRatings(ratings, 1))).toEqual(rowsIn(ratings).slice(1));
  expect(sliceRatings(ratings, 1).halves.buffer).toBe(ratings.halves.buffer);
});

test('the digest of a snapshot depends on its rows, not on their position in memory', () => {
  const ratings = ratingsOf([
    [1, 1, 2, 5],
    [2, 1, 4, 6],
  ]);
  const tail = sliceRatings(ratings, 1);
  expect(snapshotDigest(tail)).toBe(snapshotDigest(ratingsOf([[2, 1, 4, 6]])));
  expect(snapshotDigest(tail)).not.toBe(snapshotDigest(ratingsOf([[2, 1, 5, 6]])));
});
