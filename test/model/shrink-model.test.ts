import { expect, test } from 'vitest';
import { topN } from '../../pipeline/math/top-n.ts';
import { decodeModel, encodeModel } from '../../pipeline/model/artifact.ts';
import { shrinkModel } from '../../pipeline/model/shrink-model.ts';
import { ALGORITHM_NAMES } from '../../pipeline/train/algorithms.ts';
import { learn } from '../train/learn.ts';
import { plantedRatings } from '../train/planted.ts';

const { train } = plantedRatings(4, 120, 150, 40);
const shrunk = (bytes: Uint8Array, precision: 'single' | 'half', movies: number | null): Uint8Array =>
  shrinkModel(bytes, { precision, movies }, 'model.safetensors of v3');
const names = ALGORITHM_NAMES.filter((name) => !name.includes('ease'));

test('a model that shall stay as it is, is the very bytes', async () => {
  const bytes = encodeModel(await learn('vb-mf+ials', train));
  expect(shrunk(bytes, 'single', null)).toBe(bytes);
  expect(shrunk(bytes, 'single', 150)).toBe(bytes);
});

test('half precision takes half the room, and moves no prediction by 0.02 stars', async () => {
  const model = await learn('vb-mf+ials', train);
  const bytes = encodeModel(model);
  const smaller = shrunk(bytes, 'half', null);
  expect(smaller.length / bytes.length).toBeGreaterThan(0.5);
  expect(smaller.length / bytes.length).toBeLessThan(0.6);
  const read = decodeModel(smaller, 'model.safetensors');
  let [largest, moved] = [0, 0];
  for (const user of model.users.ids) {
    for (const movie of model.movies.ids) {
      const change = Math.abs(read.predict(user, movie).rating - model.predict(user, movie).rating);
      largest = Math.max(largest, change);
      if (change > 0) moved++;
    }
  }
  expect(largest).toBeLessThan(0.02);
  expect(moved).toBeGreaterThan(0);
});

test.each(names)('%s: the movies with the most ratings stay, and are predicted as before', async (name) => {
  const model = await learn(name, train);
  const read = decodeModel(shrunk(encodeModel(model), 'single', 50), 'model.safetensors');
  const counts = new Map([...model.movies.ids].map((id) => [id, 0]));
  for (const id of train.movieIds) counts.set(id, (counts.get(id) as number) + 1);
  const leastKept = Math.min(...Array.from(read.movies.ids, (id) => counts.get(id) as number));
  const left = [...model.movies.ids].filter((id) => read.movies.rowOf(id) < 0);
  expect([read.movies.size, left.length]).toEqual([50, model.movies.size - 50]);
  for (const id of left) expect(counts.get(id)).toBeLessThanOrEqual(leastKept);

  const user = model.users.ids[7] as number;
  for (const movie of read.movies.ids) expect(read.predict(user, movie)).toEqual(model.predict(user, movie));
  const [all, kept] = [new Float32Array(model.movies.size), new Float32Array(50)];
  expect(read.scoreMovies(user, kept)).toBe(model.scoreMovies(user, all));
  for (const [row, id] of read.movies.ids.entries()) {
    // The kernel adds movies beyond the last eight in another order.
    expect(kept[row]).toBeCloseTo(all[model.movies.rowOf(id)] as number, 6);
  }
});

test.each(names)('%s: somebody new is told the same of the movies that stay', async (name) => {
  const model = await learn(name, train);
  const bytes = encodeModel(model);
  const read = decodeModel(shrunk(bytes, 'single', 50), 'model.safetensors');
  const popular = topN(
    Float32Array.from(model.movies.ids, (id) => -id),
    3,
  );
  const given = Array.from(popular, (row, at) => ({
    movieId: model.movies.ids[row] as number,
    stars: 3 + at / 2,
  })).filter(({ movieId }) => read.movies.rowOf(movieId) >= 0);
  expect(given.length).toBeGreaterThan(0);
  const [before, after] = [model.foldIn(given), read.foldIn(given)];
  for (const movie of read.movies.ids) {
    expect(after.predict(movie).rating).toBeCloseTo(before.predict(movie).rating, 5);
  }
});

test('a model that weighs every movie against every other leaves none out, and says what to do', async () => {
  const bytes = encodeModel(await learn('ease', train));
  expect(() => shrunk(bytes, 'half', 50)).toThrow(
    expect.objectContaining({
      code: 'config-invalid',
      message: 'serve.movies is 50, but a model of ease cannot leave movies out.',
      remedy: expect.stringContaining('serve.precision to half'),
    }),
  );
  expect(shrunk(bytes, 'half', null).length).toBeLessThan(bytes.length);
});

test('bytes that are no model file are refused by name', () => {
  expect(() => shrunk(new Uint8Array(20), 'half', null)).toThrow(
    expect.objectContaining({
      code: 'model-invalid',
      message: expect.stringContaining('model.safetensors of v3'),
    }),
  );
});
