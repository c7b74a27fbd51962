import { expect, test } from 'vitest';
import type { GivenRating } from '../../pipeline/model/model.ts';
import type { Neighbour, Neighbours } from '../../pipeline/model/neighbours.ts';
import { noveltyData, withNovelty } from '../../pipeline/model/novelty.ts';
import { vocabularyOfSorted } from '../../pipeline/ratings/vocabulary.ts';

const neighbour = (movieId: number, similarity: number): Neighbour => ({
  movieId,
  similarity,
  isSeries: false,
});
const LISTS: Readonly<Record<number, readonly Neighbour[]>> = {
  1: [neighbour(4, 0.5), neighbour(5, 0.5), neighbour(6, 0.2)],
  2: [neighbour(6, 0.9)],
};
const movies = vocabularyOfSorted(Int32Array.of(1, 2, 3, 4, 5, 6));
const neighbours: Neighbours = {
  movies,
  of: (movieId) => LISTS[movieId] ?? [],
  rowsOf(movieId) {
    const list = LISTS[movieId] ?? [];
    return {
      rows: Int32Array.from(list, (other) => movies.rowOf(other.movieId)),
      similarities: Float32Array.from(list, ({ similarity }) => similarity),
    };
  },
};
const data = noveltyData(neighbours, movies, (movieId) => (movieId === 4 ? 1000 : 1));
const SCORES = [0, 0, 0.9, 0.5, 0.45, 0.1];
const person = { scoresOf: (rows: Int32Array) => Float32Array.from(rows, (row) => SCORES[row] as number) };
/** Movies 3, 4 and 5. */
const best = { rows: Int32Array.of(2, 3, 4), scores: Float32Array.of(0.9, 0.5, 0.45) };
const RATED = [
  { movieId: 1, stars: 5 },
  { movieId: 2, stars: 1 },
];
const list = (
  novelty: number,
  rated: readonly GivenRating[] = RATED,
  hidden: readonly number[] = [],
  n = 9,
) => {
  const { rows, scores } = withNovelty(person, { strength: novelty, rated, data }, best, hidden, n);
  return Array.from(rows, (row, at) => ({ movieId: movies.ids[row] as number, score: scores[at] as number }));
};
const order = (...given: Parameters<typeof list>) => list(...given).map(({ movieId }) => movieId);

test('without novelty the order of the model stays, and so it does without ratings', () => {
  expect(order(0)).toEqual([3, 4, 5]);
  expect(order(1, [])).toEqual([3, 4, 5]);
});

test('neighbours of liked movies come forward, the less known one before the known one, and those of disliked ones sink', () => {
  // Movies 4 and 5 are equally similar to movie 1, and movie 4 has a thousand ratings. The likings of movies 1 and 2 are
  // 1 + 5 − 3.36 and −1, so movie 6 has 0.2 · 2.64 − 0.9.
  expect(order(1)).toEqual([5, 4, 3, 6]);
});

test('the score is that of the model in standard deviations, and what neighbours say in theirs', () => {
  // Worked out in Python: σ of the six scores is 0.32628; what neighbours say is 0.010424, 0.24664 and −0.069327, so σ' is
  // 0.018131, and w = 7.
  expect(list(1).map(({ score }) => score)).toEqual(
    [96.6022, 5.5567, 2.7584, -26.4589].map((score) => expect.closeTo(score, 3)),
  );
});

test('a little novelty moves less than much', () => {
  const lead = (novelty: number) => {
    const scores = new Map(list(novelty).map(({ movieId, score }) => [movieId, score]));
    return (scores.get(5) as number) - (scores.get(3) as number);
  };
  expect(lead(0.1)).toBeLessThan(lead(0.5));
  expect(lead(0.5)).toBeLessThan(lead(1));
});

test('a movie that may not be in the list is not added', () => {
  expect(order(1, RATED, [5])).not.toContain(6);
});

test('the last rating of a movie counts', () => {
  expect(list(0.5, [{ movieId: 2, stars: 5 }, ...RATED])).toEqual(list(0.5));
});

test('no more movies come back than are wanted', () => {
  expect(order(1, RATED, [], 2)).toEqual(order(1).slice(0, 2));
});
