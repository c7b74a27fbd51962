import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { snapshotDigest } from '../../../pipeline/ratings/snapshot.ts';
import { splitByTime } from '../../../pipeline/ratings/split.ts';
import { openSearch, runTrial } from '../../../pipeline/stages/compare/run-trial.ts';
import { readTrials, writeTrial } from '../../../pipeline/stages/compare/trial-files.ts';
import { tune } from '../../../pipeline/stages/compare/tune.ts';
import type { Algorithm } from '../../../pipeline/train/algorithm.ts';
import { learn } from '../../train/learn.ts';
import { optionsOf, planted, rated, searchOf, timeless, watched } from './a-search.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cinematch-tune-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a search', () => {
  test('validates with ratings of the given ones alone, and trains on the others', () => {
    const { training, validation, description } = searchOf();
    expect(validation.length).toBe(Math.round(0.2 * planted.train.length));
    expect(training.length + validation.length).toBe(planted.train.length);
    expect(description.data).toMatchObject({
      training: { ratings: training.length, sha256: snapshotDigest(training) },
      validation: { ratings: validation.length, sha256: snapshotDigest(validation) },
    });
  });

  test('can validate with the newest', () => {
    const { training, validation } = searchOf({ split: 'time' });
    const { older, newer } = splitByTime(planted.train, 0.8);
    expect([training, validation]).toEqual([older, newer]);
  });

  test.each([
    ['nothing to train on, all ratings having one time', planted.train.ratedAt.map(() => 1_000_000_000)],
    ['nothing at all', new Int32Array(0)],
  ])('that would leave %s says so', (_, ratedAt) => {
    const { userIds, movieIds, halves } = planted.train;
    const ratings = { length: ratedAt.length, userIds, movieIds, halves, ratedAt };
    expect(() =>
      openSearch({ ...rated, ratings }, optionsOf(watched().algorithm, { split: 'time' })),
    ).toThrow(
      expect.objectContaining({
        code: 'no-training-data',
        message: expect.stringContaining('leaves 0 for training'),
      }),
    );
  });
});

describe('a trial', () => {
  test('is the same in any order', async () => {
    const search = searchOf();
    const forwards = [await runTrial(search, 1), await runTrial(search, 2)].map(timeless);
    const backwards = [await runTrial(searchOf(), 2), await runTrial(searchOf(), 1)].map(timeless);
    expect(backwards.reverse()).toEqual(forwards);
  });

  test('0 has the defaults, with what is fixed in their place', async () => {
    expect((await runTrial(searchOf(), 0)).hyperParameters).toEqual({ userDamping: 5, movieDamping: 5 });
    const { hyperParameters } = await runTrial(searchOf({ fixed: { userDamping: 2 } }), 0);
    expect(hyperParameters).toEqual({ userDamping: 2, movieDamping: 5 });
  });

  test('keeps what is fixed and draws the rest', async () => {
    const { hyperParameters } = await runTrial(searchOf({ fixed: { userDamping: 2 } }), 1);
    expect(hyperParameters['userDamping']).toBe(2);
    expect(hyperParameters['movieDamping']).not.toBe(5);
  });

  test('hands movies, seed and every hyper-parameter to the algorithm', async () => {
    const { algorithm, fits } = watched();
    const { hyperParameters } = await runTrial(openSearch(rated, optionsOf(algorithm, { seed: 9 })), 3);
    expect(fits).toEqual([{ hyperParameters, seed: 9, movies: rated.movies }]);
  });

  test('that diverges is a result without metrics', async () => {
    const algorithm: Algorithm = {
      ...watched().algorithm,
      fit: async (ratings, options) => ({
        ...(await learn('bias', ratings, options)),
        predict: () => ({ rating: Number.NaN, deviation: null, strategy: 'personalised' }),
      }),
    };
    const result = await runTrial(openSearch(rated, optionsOf(algorithm)), 1);
    expect(result.failure).toContain('predicts NaN');
    expect(Object.values(result.metrics)).toEqual([null, null, null, null, null, null]);
    await writeTrial(folder, result);
    expect(await readTrials(folder)).toEqual([result]);
  });
});

describe('what is in the folder already', () => {
  test('is not made again, and the rest is', async () => {
    const { algorithm, fits } = watched();
    const search = openSearch(rated, optionsOf(algorithm));
    await tune(search, { folder, trials: [1, 3] });
    const found: number[][] = [];
    const all = await tune(search, {
      folder,
      trials: [0, 1, 2, 3],
      onFound: (results) => found.push(results.map(({ trial }) => trial)),
    });
    expect(found).toEqual([[1, 3]]);
    expect(fits.length).toBe(4);
    expect(all.map(({ trial }) => trial)).toEqual([0, 1, 2, 3]);
    expect(all).toEqual(await readTrials(folder));
  });

  test('a run that is cut off leaves whole files, and the next goes on to what one run would have left', async () => {
    const { algorithm, fits } = watched();
    const cut: Algorithm = {
      ...algorithm,
      fit: (ratings, options) =>
        fits.length === 2 ? Promise.reject(new Error('cut off')) : algorithm.fit(ratings, options),
    };
    const trials = [0, 1, 2, 3];
    await expect(tune(openSearch(rated, optionsOf(cut)), { folder, trials })).rejects.toThrow('cut off');
    expect((await readdir(folder)).sort()).toEqual(['trial-0000.json', 'trial-0001.json']);
    const resumed = await tune(searchOf(), { folder, trials });
    const whole = await tune(searchOf(), { folder: join(folder, 'whole'), trials });
    expect(resumed.map(timeless)).toEqual(whole.map(timeless));
  });
});
