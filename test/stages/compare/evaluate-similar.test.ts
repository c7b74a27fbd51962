import { expect, test } from 'vitest';
import { evaluateSimilar } from '../../../pipeline/stages/compare/evaluate-similar.ts';
import { plantedRatings } from '../../train/planted.ts';

test('similar movies are measured beside cosine and implicit ALS, on the same pairs', async () => {
  const { train: ratings } = plantedRatings(3, 60, 80, 25);
  let now = 0;
  const { pairs, seriesMovies, methods } = await evaluateSimilar(
    { ratings, movies: [] },
    { seed: 1, stopwatch: () => (now += 500) },
  );
  expect(pairs).toBeGreaterThan(50);
  expect(seriesMovies).toBe(0);
  expect(methods.map(({ name }) => name)).toEqual([
    'neighbours',
    'neighbours without titles',
    'item-item cosine',
    'implicit ALS',
  ]);
  for (const { nextLiked, series, seconds } of methods) {
    expect(nextLiked).toBeGreaterThan(0);
    expect(nextLiked).toBeLessThan(1);
    expect(series).toBeNull();
    expect(seconds).toBe(0.5);
  }
  // Without titles to tell them apart both are the same.
  expect(methods[0]?.nextLiked).toBe(methods[1]?.nextLiked);
});
