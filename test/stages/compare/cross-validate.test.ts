import { expect, test } from 'vitest';
import { evaluateModel } from '../../../pipeline/evaluate/evaluate.ts';
import { seededRandom } from '../../../pipeline/lib/random.ts';
import { randomFolds } from '../../../pipeline/ratings/folds.ts';
import { crossValidate } from '../../../pipeline/stages/compare/cross-validate.ts';
import type { AlgorithmMeasurement } from '../../../pipeline/stages/training/measure-algorithm.ts';
import { learn } from '../../train/learn.ts';
import { plantedRatings } from '../../train/planted.ts';

const { test: ratings } = plantedRatings(5, 120, 60, 30);
const bias = { name: 'bias', hyperParameters: { userDamping: 2 } };
const popularity = { name: 'popularity', hyperParameters: {} };

const stopwatch = (): number => performance.now();

const run = (seed: number, onFold?: (fold: number, measured: readonly AlgorithmMeasurement[]) => void) =>
  crossValidate(
    { ratings, movies: [] },
    {
      folds: 3,
      seed,
      evaluate: { rankingUsers: null },
      algorithms: [bias, popularity],
      stopwatch,
      onProgress: () => {},
      ...(onFold && { onFold }),
    },
  );

const withoutTimes = (all: readonly (readonly AlgorithmMeasurement[])[]) =>
  all.map((measured) => measured.map(({ seconds: _, ...rest }) => rest));

test('every algorithm is measured on the same folds, and every rating once', async () => {
  const [ofBias = [], ofPopularity = []] = await run(1);
  const sizes = ofBias.map(({ evaluation }) => evaluation.ratings);
  expect(ofPopularity.map(({ evaluation }) => evaluation.ratings)).toEqual(sizes);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(ratings.length);
  for (const measured of ofBias) {
    expect(measured).toMatchObject({
      algorithm: 'bias',
      hyperParameters: { userDamping: 2, movieDamping: 5 },
    });
  }
});

test('a fold gives what training and measuring on it by hand give', async () => {
  const [ofBias] = await run(1);
  const [, second] = [...randomFolds(ratings, 3, seededRandom(1, 1))];
  if (second === undefined) throw new Error('no fold');
  const model = await learn('bias', second.train, { hyperParameters: { userDamping: 2 } });
  expect(ofBias?.[1]?.evaluation).toEqual(evaluateModel(model, second));
});

test('equal seeds give equal results, others give other folds', async () => {
  const first = withoutTimes(await run(1));
  expect(withoutTimes(await run(1))).toEqual(first);
  expect(withoutTimes(await run(2))).not.toEqual(first);
});

test('each fold is told of as soon as all algorithms have been measured on it', async () => {
  const told: [number, number][] = [];
  await run(1, (fold, measured) => told.push([fold, measured.length]));
  expect(told).toEqual([
    [0, 2],
    [1, 2],
    [2, 2],
  ]);
});

test('fewer ratings than folds are refused', async () => {
  const tried = crossValidate(
    { ratings: { ...ratings, length: 2 }, movies: [] },
    {
      folds: 3,
      seed: 1,
      algorithms: [bias],
      evaluate: { rankingUsers: null },
      stopwatch,
      onProgress: () => {},
    },
  );
  await expect(tried).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('3 folds') });
});
