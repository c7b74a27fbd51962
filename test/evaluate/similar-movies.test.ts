import { expect, test } from 'vitest';
import {
  holdOutNextLiked,
  nextLikedRecall,
  seriesParts,
  seriesRecall,
} from '../../pipeline/evaluate/similar-movies.ts';
import { titleSeries } from '../../pipeline/ratings/title-series.ts';
import { rated } from './rated.ts';

test('the newest fifth of each user is held out, and a pair is the liked movie before and the next one', () => {
  const { train, pairs } = holdOutNextLiked(
    rated([1, 11, 4], [1, 12, 5], [1, 13, 2], [1, 14, 3], [1, 15, 4], [2, 21, 1], [2, 22, 5]),
  );
  expect([...train.movieIds]).toEqual([11, 12, 13, 14, 21]);
  // User 2 liked nothing before.
  expect(pairs).toEqual([{ userId: 1, movieId: 12, nextId: 15 }]);
});

test('the recall of the next liked movie is a mean over users', () => {
  const pairs = [
    { userId: 1, movieId: 1, nextId: 2 },
    { userId: 1, movieId: 1, nextId: 3 },
    { userId: 2, movieId: 1, nextId: 2 },
  ];
  expect(nextLikedRecall(pairs, () => [2])).toBeCloseTo((0.5 + 1) / 2);
  expect(nextLikedRecall([], () => [2])).toBeNull();
});

test('only the first ten of a list count', () => {
  const list = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
  expect(nextLikedRecall([{ userId: 1, movieId: 0, nextId: 11 }], () => list)).toBe(0);
});

test('the recall of a series is the share of the other parts that are found', () => {
  const titles = ['Rocky', 'Rocky II', 'Rocky III', 'Heat', 'Rocky IV'];
  const ids = [1, 2, 3, 4, 5];
  const rows: [number, number, number][] = [];
  // Movie 5 has too few ratings.
  for (let user = 1; user <= 10; user++) for (const id of [1, 2, 3, 4]) rows.push([user, id, 4]);
  const parts = seriesParts(titleSeries(titles), ids, rated(...rows));
  expect(Object.fromEntries(parts)).toEqual({ 1: [2, 3], 2: [1, 3], 3: [1, 2] });
  expect(seriesRecall(parts, (id) => (id === 1 ? [2, 3] : [4, 1]))).toBeCloseTo((1 + 0.5 + 0.5) / 3);
  expect(seriesRecall(new Map(), () => [])).toBeNull();
});
