import { expect, test } from 'vitest';
import { movieSimilarity } from '../../pipeline/model/movie-similarity.ts';

// Two numbers count; the third is a bias.
const similarity = movieSimilarity({
  factorCount: 3,
  used: 2,
  data: Float32Array.of(1, 0, 9, 2, 2, 0, 0, 3, 1, -4, 0, 0, 0, 0, 7),
});

test('similarity is the cosine of the numbers that count', () => {
  expect(similarity.cosineOf(0, 1)).toBeCloseTo(Math.SQRT1_2, 6);
  expect(similarity.cosineOf(0, 2)).toBe(0);
  expect(similarity.cosineOf(0, 3)).toBeCloseTo(-1, 6);
});

test('the nearest come first, without the movie itself and those without a vector', () => {
  expect(similarity.nearest(0, 10).map(({ row }) => row)).toEqual([1, 2, 3]);
  expect(similarity.nearest(0, 1)[0]?.cosine).toBeCloseTo(Math.SQRT1_2, 6);
  expect(similarity.nearest(0, 10, (row) => row !== 1).map(({ row }) => row)).toEqual([2, 3]);
  expect(similarity.nearest(4, 10)).toEqual([]);
});
