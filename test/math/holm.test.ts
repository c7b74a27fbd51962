import { expect, test } from 'vitest';
import { holmAdjusted } from '../../pipeline/math/holm.ts';

test('p-values are multiplied by the number of tests not yet rejected and never fall below a smaller one', () => {
  // By hand: 0.01·4, 0.02·3, max(0.06, 0.022·2), max(0.06, 0.9·1), returned in the order given.
  expect(holmAdjusted([0.02, 0.9, 0.01, 0.022])).toEqual([0.06, 0.9, 0.04, 0.06]);
});

test('an adjusted p-value is at most one', () => {
  expect(holmAdjusted([0.6, 0.7])).toEqual([1, 1]);
});

test('no tests give no p-values', () => {
  expect(holmAdjusted([])).toEqual([]);
});
