import { expect, test } from 'vitest';
import { acrossFolds, pairedAcrossFolds } from '../../pipeline/evaluate/across-folds.ts';

test('mean and sample standard deviation of 2, 4, 4, 4, 5, 5, 7, 9 equal the hand computation', () => {
  // Squared deviations from 5 are 9, 1, 1, 1, 0, 0, 4, 16: 32 in all, divided by 7.
  const { mean, standardDeviation } = acrossFolds([2, 4, 4, 4, 5, 5, 7, 9]);
  expect(mean).toBe(5);
  expect(standardDeviation).toBeCloseTo(Math.sqrt(32 / 7), 12);
});

test('folds without a defined metric are omitted, and one fold has no deviation', () => {
  expect(acrossFolds([null, 0.25, null])).toEqual({ mean: 0.25, standardDeviation: null });
  expect(acrossFolds([null, null])).toEqual({ mean: null, standardDeviation: null });
});

test('differences are computed fold by fold', () => {
  const { mean, standardDeviation } = pairedAcrossFolds([1.5, 2.5, 9.5, null], [1, 2, 9, 3]);
  expect(mean).toBe(0.5);
  expect(standardDeviation).toBe(0);
  expect(acrossFolds([1.5, 2.5, 9.5]).standardDeviation).toBeGreaterThan(4);
});
