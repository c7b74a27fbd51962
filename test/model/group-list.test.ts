import { expect, test } from 'vitest';
import { groupList } from '../../pipeline/model/group-list.ts';
import type { Person } from '../../pipeline/model/model.ts';
import { vocabularyOfSorted } from '../../pipeline/ratings/vocabulary.ts';

const movies = vocabularyOfSorted(Int32Array.of(10, 20, 30, 40));
const someone = (...scores: number[]): Person => ({
  predict: () => ({ rating: 3, deviation: null, strategy: 'personalised' }),
  scoreMovies(into) {
    into.set(scores);
    return 'personalised';
  },
  bestMovies: () => ({ rows: new Int32Array(), scores: new Float32Array(), strategy: 'personalised' }),
  scoresOf: () => new Float32Array(),
  explain: () => null,
});
const everything = () => true;
const listed = (...given: Parameters<typeof groupList>) => groupList(...given).map(({ movieId }) => movieId);

// Movie 10 is loved by one and hated by the other; movie 20 is fine for both.
const divided = [someone(5, 3, 1, 0), someone(0, 3, 3, 2)];

test('the mean is taken of scores that are comparable', () => {
  // Mean and deviation are 2.25 and 1.9203, and 2 and 1.2247: (2.75 / 1.9203 − 2 / 1.2247) / 2 and so on.
  const list = groupList(movies, divided, 'average', 4, everything);
  expect(list.map(({ movieId }) => movieId)).toEqual([20, 30, 10, 40]);
  expect(list.map(({ score }) => score)).toEqual(
    [0.60354, 0.08278, -0.10047, -0.58585].map((score) => expect.closeTo(score, 4)),
  );
  // Ten times the scores of one person say no more than the scores.
  const louder = [someone(50, 30, 10, 0), divided[1] as Person];
  expect(groupList(movies, louder, 'average', 4, everything)).toEqual(list);
});

test('with the least misery a movie counts as to the one who likes it least', () => {
  const [best] = groupList(movies, divided, 'least-misery', 1, everything);
  expect(best).toEqual({ movieId: 20, score: expect.closeTo(0.75 / 1.9203, 4) });
  expect(listed(movies, divided, 'least-misery', 4, everything).at(-1)).toBe(10);
});

test('a group of one has the list of that person, and equal scores keep the order of the ids', () => {
  expect(listed(movies, [someone(1, 4, 3, 2)], 'least-misery', 3, everything)).toEqual([20, 30, 40]);
  expect(listed(movies, [someone(2, 2, 2, 2)], 'average', 2, everything)).toEqual([10, 20]);
});

test('a movie that is not allowed is not in the list', () => {
  expect(listed(movies, divided, 'average', 4, (movieId) => movieId !== 20)).toEqual([30, 10, 40]);
});
