import { expect, test } from 'vitest';
import { seededRandom, shuffle } from '../../pipeline/lib/random.ts';
import { type Fold, randomFolds } from '../../pipeline/ratings/folds.ts';
import { type Ratings, selectRatings } from '../../pipeline/ratings/ratings.ts';
import { ratingsOf } from '../support/batches.ts';

const all = ratingsOf(
  Array.from({ length: 103 }, (_, row) => [1 + (row % 9), 1 + row, 1 + (row % 10), 1_000 + 7 * row] as const),
);
const foldsOf = (ratings: Ratings, count: number, seed = 1): readonly Fold[] => [
  ...randomFolds(ratings, count, seededRandom(seed)),
];
/** A rating as text, so that sets of ratings can be compared. */
const rowsOf = ({ length, userIds, movieIds, halves, ratedAt }: Ratings): readonly string[] =>
  Array.from({ length }, (_, row) =>
    [userIds[row], movieIds[row], halves[row], ratedAt[row]].join(' '),
  ).sort();

test('every rating is tested in exactly one fold and trained on in all others', () => {
  const folds = foldsOf(all, 5);
  expect(folds.flatMap(({ test: part }) => rowsOf(part)).sort()).toEqual(rowsOf(all));
  for (const { train, test: part } of folds) {
    expect([...rowsOf(train), ...rowsOf(part)].sort()).toEqual(rowsOf(all));
  }
});

test('the sizes of folds differ by one rating at most', () => {
  expect(foldsOf(all, 5).map(({ test: part }) => part.length)).toEqual([21, 21, 21, 20, 20]);
});

test('with as many folds as ratings, each fold tests one rating', () => {
  const few = selectRatings(all, [0, 1, 2, 3]);
  expect(foldsOf(few, 4).map(({ train, test: part }) => [train.length, part.length])).toEqual(
    Array(4).fill([3, 1]),
  );
});

test('equal ratings and seed give equal folds, for any order of the ratings', () => {
  const shuffled = selectRatings(all, shuffle(seededRandom(8), Int32Array.from(all.halves.keys())));
  expect(foldsOf(shuffled, 3)).toEqual(foldsOf(all, 3));
});

test('a different seed gives different folds', () => {
  const tested = (seed: number) => rowsOf(foldsOf(all, 3, seed)[0]?.test as Ratings);
  expect(tested(2)).not.toEqual(tested(1));
});

test('the fold of a rating depends on neither its user nor its position', () => {
  const [first] = foldsOf(all, 2) as [Fold];
  const even = first.test.movieIds.filter((movie) => movie % 2 === 0);
  expect(even.length).toBeGreaterThan(10);
  expect(even.length).toBeLessThan(first.test.length - 10);
  expect(new Set(first.test.userIds).size).toBe(9);
});
