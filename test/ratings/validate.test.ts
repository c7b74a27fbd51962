import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RawRatings, Reject, Rejects } from '../../pipeline/ratings/raw.ts';
import { validateRatings } from '../../pipeline/ratings/validate.ts';
import { rowsIn, someRows } from './some-ratings.ts';

const NOW = 1_500_000_000;
const rawOf = (rows: readonly (readonly number[])[], firstRowNumber = 1): RawRatings => ({
  length: rows.length,
  userIds: Float64Array.from(rows, ([user]) => user as number),
  movieIds: Float64Array.from(rows, ([, movie]) => movie as number),
  stars: Float64Array.from(rows, ([, , stars]) => stars as number),
  timestamps: Float64Array.from(rows, ([, , , time]) => time as number),
  firstRowNumber,
});
const missing = Number.NaN;
const T = 1_000_000_000;

const listOf = (rejects: Rejects): readonly Reject[] => rejects.slice(0, rejects.length);

test.each([
  ['a user id below zero', [-1, 1, 3, T], 'user-id-invalid'],
  ['a user id with a fraction', [1.5, 1, 3, T], 'user-id-invalid'],
  ['a missing user id', [missing, 1, 3, T], 'user-id-invalid'],
  ['a user id beyond 31 bits', [2 ** 31, 1, 3, T], 'user-id-invalid'],
  ['a negative movie id', [1, -4, 3, T], 'movie-id-invalid'],
  ['a rating of zero', [1, 1, 0, T], 'rating-invalid'],
  ['a rating above five', [1, 1, 5.5, T], 'rating-invalid'],
  ['a rating between halves', [1, 1, 3.7, T], 'rating-invalid'],
  ['a missing rating', [1, 1, missing, T], 'rating-invalid'],
  ['a time before 1995', [1, 1, 3, 788_918_399], 'timestamp-invalid'],
  ['a time after now', [1, 1, 3, NOW + 1], 'timestamp-invalid'],
  ['a time with a fraction', [1, 1, 3, T + 0.5], 'timestamp-invalid'],
  ['an infinite time', [1, 1, 3, Number.POSITIVE_INFINITY], 'timestamp-invalid'],
])('%s is rejected', (_, row, reason) => {
  const { ratings, rejects } = validateRatings(rawOf([row]), NOW);
  expect(ratings.length).toBe(0);
  expect(listOf(rejects).map((reject) => reject.reason)).toEqual([reason]);
});

test('the ends of every range are accepted', () => {
  const ends = [
    [0, 0, 0.5, 788_918_400],
    [2 ** 31 - 1, 2 ** 31 - 1, 5, NOW],
  ];
  const { ratings, rejects } = validateRatings(rawOf(ends), NOW);
  expect(rejects).toMatchObject({ length: 0, damaged: 0 });
  expect(rowsIn(ratings)).toEqual([
    [0, 0, 1, 788_918_400],
    [2_147_483_647, 2_147_483_647, 10, NOW],
  ]);
});

test('a reject has the number and the content of its row', () => {
  const { rejects } = validateRatings(
    rawOf(
      [
        [1, 1, 3, T],
        [7, missing, 4.3, 5],
      ],
      2,
    ),
    NOW,
  );
  expect(listOf(rejects)).toEqual([
    { rowNumber: 3, reason: 'movie-id-invalid', content: 'user 7, movie no number, rating 4.3, timestamp 5' },
  ]);
});

test('of two ratings of a movie by a user the later is kept, of equal times the later row', () => {
  const { ratings, rejects } = validateRatings(
    rawOf([
      [1, 1, 3, T + 9],
      [1, 1, 4, T],
      [2, 1, 1, T],
      [2, 1, 2, T],
    ]),
    NOW,
  );
  expect(rowsIn(ratings)).toEqual([
    [1, 1, 6, T + 9],
    [2, 1, 4, T],
  ]);
  expect(listOf(rejects).map(({ rowNumber, reason }) => [rowNumber, reason])).toEqual([
    [2, 'superseded'],
    [3, 'superseded'],
  ]);
});

test('a superseded rating does not count as damaged', () => {
  const { rejects } = validateRatings(
    rawOf([
      [1, 1, 3, T],
      [1, 1, 4, T + 1],
      [-1, 1, 3, T],
    ]),
    NOW,
  );
  expect(rejects.length).toBe(2);
  expect(rejects.damaged).toBe(1);
});

test('every row is accepted or rejected once, and no pair of user and movie is left twice', () => {
  fc.assert(
    fc.property(someRows, (rows) => {
      const raw = rawOf(rows.map(([user, movie, halves, time]) => [user - 2, movie, halves / 2, time]));
      const { ratings, rejects } = validateRatings(raw, NOW);
      expect(ratings.length + rejects.length).toBe(rows.length);
      expect(new Set(listOf(rejects).map(({ rowNumber }) => rowNumber)).size).toBe(rejects.length);
      const latest = new Map<string, readonly number[]>();
      for (const [user, movie, halves, time] of rows) {
        const key = `${user - 2} ${movie}`;
        if (user > 1 && time >= (latest.get(key)?.[3] ?? 0)) latest.set(key, [user - 2, movie, halves, time]);
      }
      const byKey = (a: readonly number[], b: readonly number[]): number =>
        (a[0] as number) - (b[0] as number) || (a[1] as number) - (b[1] as number);
      expect([...rowsIn(ratings)].sort(byKey)).toEqual([...latest.values()].sort(byKey));
    }),
    { seed: 1 },
  );
});
