import { describe, expect, test } from 'vitest';
import { emptyRatings, type Ratings, sliceRatings } from '../../../pipeline/ratings/ratings.ts';
import { snapshotDigest } from '../../../pipeline/ratings/snapshot.ts';
import { splitByTime } from '../../../pipeline/ratings/split.ts';
import { generateDataset } from '../../../pipeline/source/load-dataset.ts';
import { parseConfig } from '../../../pipeline/stages/load-config.ts';
import { fitModel } from '../../../pipeline/stages/training/fit-model.ts';
import { refitModel, refitProblem } from '../../../pipeline/stages/training/refit-model.ts';
import { shareWithUsers } from '../../../pipeline/stages/training/training-data.ts';
import { fixedModel } from '../../evaluate/fixed-model.ts';
import { rated } from '../../evaluate/rated.ts';

const stopwatch = () => performance.now();
const config = parseConfig({ train: { algorithm: 'bias' } }, 'the test');

test('a refit learns all ratings, with equal bytes whatever their order', async () => {
  const { ratings: all, movies } = generateDataset({ weeks: 1, drift: 0, seed: 3 });
  const ratings = sliceRatings(all, 0, 5_000);
  const { older: training, newer: holdout } = splitByTime(ratings, 0.8);
  const set = { training, holdout, revised: emptyRatings(0), movies };
  const judged = await fitModel(set, config, { stopwatch, onProgress: () => {} });
  const refit = await refitModel(set, judged, { stopwatch });
  if ('problem' in refit) throw new Error(refit.problem);
  expect(refit.training.length).toBe(ratings.length);
  expect(refit.snapshot).toBe(snapshotDigest(refit.training));
  const whole = { ...set, training: refit.training, holdout: emptyRatings(0) };
  const direct = await fitModel(whole, config, { stopwatch, onProgress: () => {} });
  expect(refit.model.tensors).toEqual(direct.model.tensors);
});

describe('a refit must not replace the judged model', () => {
  const training = rated([1, 1, 4], [1, 2, 3], [2, 1, 5], [2, 2, 2]);
  const exact = (shift: (stars: number) => number) =>
    fixedModel({
      users: [1, 2],
      movies: [1, 2],
      predicts: (user, movie) => shift(starsOf(training, user, movie)),
    });
  const judged = exact((stars) => stars + (stars > 3.5 ? 0.5 : -0.5));
  const problem = (refit: ReturnType<typeof exact>) =>
    refitProblem({ judged, refit, training, all: training });
  test.each([
    ['when it predicts no numbers', exact(() => Number.NaN), /^it predicts NaN for user/],
    [
      'when its errors grew',
      exact((stars) => stars + (stars > 3.5 ? 0.6 : -0.6)),
      /^its RMSE on the training ratings is 0.6/,
    ],
    ['when its predictions moved', exact((stars) => stars + 0.3), /^its mean prediction is 3.80★/],
    [
      'when its predictions vary less',
      exact((stars) => stars),
      /^the standard deviation of its predictions is/,
    ],
  ])('%s', (_, refit, expected) => {
    expect(problem(refit)).toMatch(expected);
  });
  test('unless nothing is wrong', () => {
    expect(problem(judged)).toBeNull();
  });
});

function starsOf({ userIds, movieIds, halves }: Ratings, user: number, movie: number): number {
  const row = userIds.findIndex((id, at) => id === user && movieIds[at] === movie);
  return row < 0 ? 3 : (halves[row] as number) / 2;
}

describe('the held-out share', () => {
  const ratings = rated(
    ...Array.from({ length: 100 }, (_, row) => [1 + Math.floor(row / 5), 1 + row, 4] as const),
  );
  test('is the configured one with enough users', () => {
    expect(shareWithUsers(ratings, 0.2, 4)).toBe(0.2);
  });
  test('grows until there are enough', () => {
    expect(shareWithUsers(ratings, 0.2, 7)).toBeCloseTo(0.31, 12);
  });
  test('is half at most', () => {
    expect(shareWithUsers(ratings, 0.2, 50)).toBe(0.5);
  });
});
