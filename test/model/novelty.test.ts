import { expect, test } from 'vitest';
import type { Neighbour, Neighbours } from '../../pipeline/model/neighbours.ts';
import { withNovelty } from '../../pipeline/model/novelty.ts';
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
const neighbours: Neighbours = {
  movies: vocabularyOfSorted(Int32Array.of(1, 2, 4, 5, 6)),
  of: (movieId) => LISTS[movieId] ?? [],
  visit(movieId, each) {
    for (const other of LISTS[movieId] ?? []) each(other.movieId, other.similarity);
  },
};
const best = { rows: Int32Array.of(3, 4, 5), scores: Float32Array.of(0.9, 0.5, 0.45) };
const data = {
  neighbours,
  rated: [
    { movieId: 1, stars: 5 },
    { movieId: 2, stars: 1 },
  ],
  rowOf: (movieId: number) => movieId,
  ratingsOf: (row: number) => (row === 4 ? 1000 : 1),
};
const order = (novelty: number, changed: Partial<typeof data> = {}) => [
  ...withNovelty(best, novelty, { ...data, ...changed }, 9).rows,
];

test('without novelty the order of the model stays, and so it does without ratings', () => {
  expect(order(0)).toEqual([3, 4, 5]);
  expect(order(1, { rated: [] })).toEqual([3, 4, 5]);
});

test('neighbours of liked movies come forward, the less known one before the known one, and those of disliked ones sink', () => {
  // Movie 4 has a thousand ratings: 0.5 · 2.6 / 1010^0.7 is little beside the lead of movie 3 in the model. The likings
  // of movies 1 and 2 are 1 + 5 − 3.36 and −1, so movie 6 has 0.2 · 2.64 − 0.9.
  expect(order(1)).toEqual([5, 3, 4, 6]);
});

test('a little novelty moves less than much', () => {
  const scoreOf = (novelty: number, row: number) => {
    const { rows, scores } = withNovelty(best, novelty, data, 9);
    return (scores[rows.indexOf(row)] as number) - (scores[rows.indexOf(3)] as number);
  };
  expect(scoreOf(0.1, 5)).toBeLessThan(scoreOf(0.5, 5));
  expect(scoreOf(0.5, 5)).toBeLessThan(scoreOf(1, 5));
});

test('a movie that may not be in the list is not added', () => {
  expect(order(1, { rowOf: (movieId) => (movieId === 6 ? -1 : movieId) })).not.toContain(6);
});

test('the last rating of a movie counts', () => {
  const repeated = [{ movieId: 2, stars: 5 }, ...data.rated];
  expect(withNovelty(best, 0.5, { ...data, rated: repeated }, 9)).toEqual(withNovelty(best, 0.5, data, 9));
});

test('no more movies come back than are wanted', () => {
  expect([...withNovelty(best, 1, data, 2).rows]).toEqual(order(1).slice(0, 2));
});
