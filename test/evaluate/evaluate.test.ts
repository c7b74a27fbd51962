import { describe, expect, test } from 'vitest';
import { evaluateModel } from '../../pipeline/evaluate/evaluate.ts';
import { emptyRatings } from '../../pipeline/ratings/ratings.ts';
import { fixedModel } from './fixed-model.ts';
import { rated } from './rated.ts';

// The model knows users 1 and 2 and movies 10 to 60 and ranks 60, 50, 40, 30, 20, 10 for everyone.
const model = fixedModel({
  users: [1, 2],
  movies: [10, 20, 30, 40, 50, 60],
  predicts: () => 3.5,
  scores: (_user, movie) => movie,
});
const train = rated([1, 60, 5], [1, 10, 3], [2, 20, 4], [2, 30, 2]);

describe('three users, one of them cold', () => {
  const evaluation = evaluateModel(model, {
    train,
    test: rated([1, 50, 4], [1, 70, 5], [1, 40, 3], [2, 10, 4.5], [3, 20, 4]),
  });

  test('errors are over every held-out rating', () => {
    // Given 4, 5, 3, 4.5, 4 and always predicted 3.5: errors −0.5, −1.5, 0.5, −1, −0.5.
    expect(evaluation.rmse).toBeCloseTo(Math.sqrt((0.25 + 2.25 + 0.25 + 1 + 0.25) / 5), 12);
    expect(evaluation.mae).toBeCloseTo(4 / 5, 12);
    expect(evaluation.ratings).toBe(5);
  });

  test('lists have all unrated movies that the model knows; unknown relevant movies count as missed', () => {
    // The catalogue is 10, 20, 30, 40, 50, 60, 70.
    // User 1 is shown 50 40 30 20 (not 60 and 10, rated before); relevant are 50 and 70, of which 70 is unknown.
    // User 2 is shown 60 50 40 10; relevant is 10, in place 4. User 3 is shown all six; relevant is 20, in place 5.
    expect(evaluation.rankedUsers).toBe(3);
    expect(evaluation.precisionAt10).toBeCloseTo((0.1 + 0.1 + 0.1) / 3, 12);
    expect(evaluation.recallAt10).toBeCloseTo((1 / 2 + 1 + 1) / 3, 12);
    const first = 1 / (1 + 1 / Math.log2(3));
    expect(evaluation.ndcgAt10).toBeCloseTo((first + 1 / Math.log2(5) + 1 / Math.log2(6)) / 3, 12);
    expect(evaluation.coverage).toBeCloseTo(6 / 7, 12);
  });

  test('known and unknown users have separate metrics', () => {
    expect(evaluation.warm).toMatchObject({ ratings: 4, rankedUsers: 2, recallAt10: 0.75 });
    expect(evaluation.cold).toMatchObject({ ratings: 1, rankedUsers: 1, recallAt10: 1, rmse: 0.5 });
    expect(evaluation.warm.coverage).toBeCloseTo(6 / 7, 12);
  });

  test('novelty and popularity lift use the training ratings', () => {
    // Of the two training users one each rated 10, 20, 30 and 60; nobody rated 40 and 50, which count as one
    // user for novelty: log2(2 / 1) = 1 bit for every movie.
    expect([evaluation.novelty, evaluation.warm.novelty, evaluation.cold.novelty]).toEqual([1, 1, 1]);
    // Users 1 and 2 rated movies of popularity 1 and are shown two of 1 and two of 0 each; user 3 rated none.
    expect(evaluation.popularityLift).toBeCloseTo((0.5 - 1) / 1, 12);
    expect(evaluation.warm.popularityLift).toBeCloseTo(-0.5, 12);
    expect(evaluation.cold.popularityLift).toBeNull();
  });

  test('a model without deviations has no calibration', () => {
    expect(evaluation).toMatchObject({ calibration: null, meanDeviation: null, intervals: 0 });
  });

  test('predictions are counted by strategy', () => {
    expect(evaluation.strategies).toEqual({
      personalised: 3,
      'folded-in': 0,
      genres: 0,
      'user-mean': 1,
      'movie-mean': 1,
      'global-mean': 0,
    });
  });
});

test('a user without relevant movies is predicted but not ranked', () => {
  const evaluation = evaluateModel(model, { train, test: rated([1, 50, 3.5], [2, 40, 1]) });
  expect(evaluation).toMatchObject({
    ratings: 2,
    rankedUsers: 0,
    precisionAt10: null,
    recallAt10: null,
    ndcgAt10: null,
    coverage: null,
  });
});

test('4 stars are relevant, 3.5 are not', () => {
  const evaluation = evaluateModel(model, { train, test: rated([1, 50, 4], [2, 60, 3.5]) });
  expect(evaluation.rankedUsers).toBe(1);
});

test('a movie that was rated before is not relevant when it is rated again', () => {
  const evaluation = evaluateModel(model, { train, test: rated([1, 60, 5], [1, 40, 4], [2, 50, 1]) });
  // Only 40 is relevant; it follows 50 in the list of user 1.
  expect(evaluation.recallAt10).toBe(1);
  expect(evaluation.ndcgAt10).toBeCloseTo(1 / Math.log2(3), 12);
});

test('a movie that only the model knows is not a candidate', () => {
  const wide = fixedModel({
    users: [1],
    movies: [10, 50, 99],
    predicts: () => 3,
    scores: (_u, movie) => movie,
  });
  const evaluation = evaluateModel(wide, { train: rated([1, 10, 4]), test: rated([1, 50, 5]) });
  expect(evaluation).toMatchObject({ ndcgAt10: 1, coverage: 0.5 });
});

test('with an empty holdout every metric is undefined', () => {
  const evaluation = evaluateModel(model, { train, test: emptyRatings(0) });
  expect(evaluation).toMatchObject({
    rmse: null,
    mae: null,
    precisionAt10: null,
    coverage: null,
    ratings: 0,
  });
  expect(evaluation.strategies['personalised']).toBe(0);
});

test('calibration is computed over predictions with a deviation', () => {
  // Errors −0.5, 0.5, −1 and 0.5; half-widths of the intervals 1.2816 · 0.25 = 0.32, 0.64, none and 0.64.
  const careful = fixedModel({
    users: [1, 2],
    movies: [10, 20, 40, 50, 60],
    predicts: () => 3.5,
    deviates: (user, movie) => (movie === 10 ? null : user === 1 && movie === 50 ? 0.25 : 0.5),
  });
  const test = rated([1, 50, 4], [1, 40, 3], [2, 10, 4.5], [3, 20, 3]);
  const evaluation = evaluateModel(careful, { train, test });
  expect(evaluation).toMatchObject({ calibration: 2 / 3, intervals: 3 });
  expect(evaluation.meanDeviation).toBeCloseTo((0.25 + 0.5 + 0.5) / 3, 12);
  expect(evaluation.warm).toMatchObject({ calibration: 0.5, intervals: 2 });
  expect(evaluation.cold).toMatchObject({ calibration: 1, intervals: 1 });
});
