import { expect, test } from 'vitest';
import { binomialTail } from '../../pipeline/math/binomial.ts';

// SciPy 1.17.1: scipy.stats.binom.sf(k - 1, n, p).
test.each([
  [6, 62, 0.004, 2.0782323414917915e-7],
  [1, 10, 0.3, 0.9717524751],
  [20, 82, 0.004, 5.388412022170503e-30],
  [300, 1000, 0.31, 0.7629447683296919],
  [9, 300, 0.01, 0.003602712150035393],
])('the probability of %i or more of %i at %d equals that of SciPy', (k, n, p, expected) => {
  expect(Math.abs(binomialTail(k, n, p) / expected - 1)).toBeLessThan(1e-8);
});

test('none or more is certain, more than all is impossible', () => {
  expect(binomialTail(0, 5, 0.1)).toBe(1);
  expect(binomialTail(6, 5, 0.1)).toBe(0);
});
