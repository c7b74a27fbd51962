import { expect, test } from 'vitest';
import { fitBaseline, fitUserBiases } from '../../pipeline/train/baseline.ts';
import { trainingMatrix } from '../../pipeline/train/training-matrix.ts';

// Three ratings: user 1 gave movie 10 5★ and movie 20 3★, user 2 gave movie 10 4★. Mean 4.
const matrix = trainingMatrix({
  length: 3,
  userIds: Int32Array.of(1, 1, 2),
  movieIds: Int32Array.of(10, 20, 10),
  halves: Uint8Array.of(10, 6, 8),
  ratedAt: Int32Array.of(1, 2, 3),
});

test('damped means and biases equal the hand computation', () => {
  const damping = { userDamping: 2, movieDamping: 1 };
  const baseline = fitBaseline(matrix, damping);
  expect(baseline.mean).toBe(4);
  // Movie 10: ((5 − 4) + (4 − 4)) / (2 + 1) = 1/3. Movie 20: (3 − 4) / (1 + 1) = −1/2.
  expect([...baseline.movieOffsets]).toEqual([Math.fround(1 / 3), -0.5]);
  // User 1: ((5 − 4) + (3 − 4)) / (2 + 2) = 0. User 2: (4 − 4) / (1 + 2) = 0.
  expect([...baseline.userOffsets]).toEqual([0, 0]);
  // With movie offsets, user 1: ((5 − 4 − 1/3) + (3 − 4 + 1/2)) / (2 + 2) = 1/24; user 2: (4 − 4 − 1/3) / 3 = −1/9.
  const biases = fitUserBiases(matrix, baseline, damping);
  expect(biases[0]).toBeCloseTo(1 / 24, 7);
  expect(biases[1]).toBeCloseTo(-1 / 9, 7);
  expect([...baseline.movieCounts]).toEqual([2, 1]);
});

test('without damping a movie offset is the plain deviation of its mean', () => {
  const { movieOffsets } = fitBaseline(matrix, { userDamping: 0, movieDamping: 0 });
  expect([...movieOffsets]).toEqual([0.5, -1]);
});
