import { expect, test } from 'vitest';
import { chiSquareUpper, fisherUpper } from '../../pipeline/math/fisher-f.ts';

test.each([
  // SciPy 1.17: f.sf(f, above, below)
  [100 / 2.125, 1, 128 / 23, 0.0006493312010876008],
  [0, 3, 5, 1],
  [Number.POSITIVE_INFINITY, 3, 5, 0],
])('P(F ≥ %f) with %f and %f degrees of freedom is %f', (f, above, below, p) => {
  expect(fisherUpper(f, above, below)).toBeCloseTo(p, 12);
});

test.each([
  // SciPy 1.17: chi2.sf(x, df)
  [9, 3, 0.02929088653488826],
  [27.877, 9, 0.001000063357757273],
  [1, 4, 0.9097959895689501],
  [40, 9, 7.598525229464264e-6],
  [2.5, 4.235, 0.6792927226491066],
  [0, 3, 1],
])('P(χ² ≥ %f) with %f degrees of freedom is %f', (x, df, p) => {
  expect(Math.abs(chiSquareUpper(x, df) / p - 1)).toBeLessThan(1e-4);
});
