import { describe, expect, test } from 'vitest';
import type { Baseline } from '../../pipeline/model/baseline.ts';
import { composeModel, type TrainedModel } from '../../pipeline/model/compose-model.ts';
import { logCountsHead, ratingCountsHead } from '../../pipeline/model/ranking-heads/rating-counts.ts';
import { biasesHead, movieMeansHead } from '../../pipeline/model/ratings-heads/biases.ts';
import { factorsHead } from '../../pipeline/model/ratings-heads/factors.ts';
import { vocabularyOf } from '../../pipeline/ratings/vocabulary.ts';

// Every number is a sum of powers of two, so that 32-bit floats hold it exactly.
const baseline: Baseline = {
  users: vocabularyOf(Int32Array.of(1, 2)),
  movies: vocabularyOf(Int32Array.of(10, 20, 30)),
  mean: 3.5,
  scale: [0.5, 5],
  userOffsets: Float32Array.of(0.25, -0.5),
  movieOffsets: Float32Array.of(0.5, -1, 0.125),
  movieCounts: Int32Array.of(7, 1, 3),
};
const factors = composeModel('sgd-mf', baseline, {
  ratings: factorsHead(baseline, {
    factorCount: 3,
    userFactors: Float32Array.of(1, 0.5, 0.25, -2, 0, -0.5),
    movieFactors: Float32Array.of(0.5, 1, 0.125, -1, -1, -0.25, 0.25, 0.25, 0),
    ridge: [1, 1, 0],
  }),
  ranking: logCountsHead(baseline, 0.5),
  ratingWeight: 1,
});
const bias = composeModel('bias', baseline, {
  ratings: biasesHead(baseline, Float32Array.of(0.125, -0.25), 2),
  ranking: logCountsHead(baseline, 0),
  ratingWeight: 1,
});
const popularity = composeModel('popularity', baseline, {
  ratings: movieMeansHead(baseline),
  ranking: ratingCountsHead(baseline),
  ratingWeight: 0,
});

function scoresOf(model: TrainedModel, user: number): { strategy: string; scores: number[] } {
  const scores = new Float32Array(model.movies.size);
  const strategy = model.scoreMovies(user, scores);
  return { strategy, scores: [...scores] };
}

describe('factors', () => {
  test('user and movie known: mean, biases and product of factors', () => {
    // 3.5 + 0.25 + 0.125 + (1·0.5 + 0.5·1)
    expect(factors.predict(1, 10)).toEqual({ rating: 4.875, deviation: null, strategy: 'personalised' });
  });
  test('a prediction never leaves the scale', () => {
    // 3.5 − 0.5 − 0.25 + (−2·−1) = 4.75; user 1, movie 20: 3.5 + 0.25 − 0.25 − 1.5 = 2
    expect(factors.predict(2, 20).rating).toBe(4.75);
    expect(factors.predict(1, 20).rating).toBe(2);
    const loudOn = (scale: Baseline['scale']): TrainedModel => {
      const onScale = { ...baseline, scale };
      return composeModel('bias', onScale, {
        ratings: biasesHead(onScale, Float32Array.of(4, -8), 2),
        ranking: ratingCountsHead(onScale),
        ratingWeight: 1,
      });
    };
    expect(loudOn([0.5, 5]).predict(1, 10).rating).toBe(5);
    expect(loudOn([0.5, 5]).predict(2, 10).rating).toBe(0.5);
    expect(loudOn([1, 4.5]).predict(1, 10).rating).toBe(4.5);
    expect(loudOn([1, 4.5]).predict(2, 10).rating).toBe(1);
  });
  test('movies are ranked by prediction and half a star for each e-fold of ratings', () => {
    const { strategy, scores } = scoresOf(factors, 1);
    expect(strategy).toBe('personalised');
    // 4.875, 2 and 3.5 + 0.25 + 0 + (0.25 + 0.125) = 4.125, plus 0.5 ln(1 + count) with counts 7, 1, 3
    [4.875 + 0.5 * Math.log(8), 2 + 0.5 * Math.log(2), 4.125 + 0.5 * Math.log(4)].forEach((score, row) => {
      expect(scores[row]).toBeCloseTo(score, 6);
    });
  });
  test('someone unknown is shown what many liked', () => {
    const { strategy, scores } = scoresOf(factors, 9);
    expect(strategy).toBe('movie-mean');
    [4 + 0.5 * Math.log(8), 2.5 + 0.5 * Math.log(2), 3.625 + 0.5 * Math.log(4)].forEach((score, row) => {
      expect(scores[row]).toBeCloseTo(score, 6);
    });
  });
});

describe.each([factors, bias])('$algorithm', (model) => {
  test('user unknown: the damped mean of the movie', () => {
    expect(model.predict(9, 10)).toEqual({ rating: 4, deviation: null, strategy: 'movie-mean' });
  });
  test('movie unknown: the damped mean of the user', () => {
    expect(model.predict(1, 99)).toEqual({ rating: 3.75, deviation: null, strategy: 'user-mean' });
  });
  test('both unknown: the mean of all ratings', () => {
    expect(model.predict(9, 99)).toEqual({ rating: 3.5, deviation: null, strategy: 'global-mean' });
  });
});

describe('biases', () => {
  test('user and movie known: the mean and both biases', () => {
    // 3.5 − 0.25 − 1
    expect(bias.predict(2, 20)).toEqual({ rating: 2.25, deviation: null, strategy: 'personalised' });
  });
  test('movies are ranked by prediction', () => {
    expect(scoresOf(bias, 1)).toEqual({ strategy: 'personalised', scores: [4.125, 2.625, 3.75] });
    expect(scoresOf(bias, 9)).toEqual({ strategy: 'movie-mean', scores: [4, 2.5, 3.625] });
  });
});

describe('popularity', () => {
  test('it predicts the damped mean of the movie for everyone', () => {
    expect(popularity.predict(1, 10)).toEqual({ rating: 4, deviation: null, strategy: 'movie-mean' });
    expect(popularity.predict(1, 99)).toEqual({ rating: 3.5, deviation: null, strategy: 'global-mean' });
  });
  test('movies are ranked by how many rated them', () => {
    expect(scoresOf(popularity, 1)).toEqual({ strategy: 'movie-mean', scores: [7, 1, 3] });
  });
});
