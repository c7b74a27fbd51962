/** A user who has rated since the training gets what the API would answer; everyone else what the model has learned. */
import { expect, test } from 'vitest';
import { evaluateInDetail } from '../../pipeline/evaluate/evaluate.ts';
import { concatRatings, filterRatings } from '../../pipeline/ratings/ratings.ts';
import { NEWCOMER, smallWorld } from '../support/small-world.ts';
import { liveModel } from './live-model.ts';

const { model, ratings } = await smallWorld();
const KNOWN = 10;
const OTHER = 13;
const ofUser = (userId: number) => filterRatings(ratings, (row) => ratings.userIds[row] === userId);
const newer = concatRatings([ofUser(NEWCOMER), ofUser(KNOWN)]);
const live = liveModel(model, ratings, newer);
const givenBy = (userId: number) => {
  const { movieIds, halves } = ofUser(userId);
  return Array.from(movieIds, (movieId, row) => ({ movieId, stars: (halves[row] as number) / 2 }));
};

test.each([NEWCOMER, KNOWN])('user %i is folded in from all ratings', (userId) => {
  const person = model.foldIn(givenBy(userId));
  const scores = [new Float32Array(model.movies.size), new Float32Array(model.movies.size)] as const;
  expect(live.scoreMovies(userId, scores[0])).toBe('folded-in');
  person.scoreMovies(scores[1]);
  expect(scores[0]).toEqual(scores[1]);
  for (const movieId of model.movies.ids) {
    expect(live.predict(userId, movieId)).toEqual(person.predict(movieId));
  }
});

test('a user without newer ratings is as the model has learned', () => {
  for (const movieId of model.movies.ids) {
    expect(live.predict(OTHER, movieId)).toEqual(model.predict(OTHER, movieId));
  }
});

test('an evaluation measures what the live model answers', () => {
  const test = ofUser(NEWCOMER);
  const { errors, lists } = evaluateInDetail(live, { train: newer, test });
  const person = model.foldIn(givenBy(NEWCOMER));
  const expected = Array.from(test.movieIds, (movieId, row) => {
    return person.predict(movieId).rating - (test.halves[row] as number) / 2;
  });
  expect([...errors]).toEqual(expected);
  expect(lists).toHaveLength(0);
});
