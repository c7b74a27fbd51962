import { expect, test } from 'vitest';
import { diversify } from '../../pipeline/model/diversify.ts';

// Movies 0 and 1 are alike, 2 stands alone.
const cosineOf = (a: number, b: number): number => (a + b === 1 ? 0.8 : 0);
const scores = Float32Array.of(1, 0.9, 0.5, 0);
const rows = [0, 1, 2, 3];

test('without strength the order stays', () => {
  expect([...diversify(rows, scores, 3, 0, { cosineOf })]).toEqual([0, 1, 2]);
});

// By hand, λ = 0.5: after movie 0, movie 1 is worth 0.45 − 0.4, movie 2 0.25, movie 3 nothing.
test('the next movie is the best that adds something new', () => {
  expect([...diversify(rows, scores, 3, 0.5, { cosineOf })]).toEqual([0, 2, 1]);
});

test('asking for more than there is gives all, and of nothing there is nothing', () => {
  expect([...diversify(rows, scores, 9, 1, { cosineOf })].sort()).toEqual(rows);
  expect([...diversify([], scores, 3, 0.5, { cosineOf })]).toEqual([]);
});

test('equal scores are no obstacle', () => {
  expect([...diversify([2, 3], new Float32Array(2), 2, 0.5, { cosineOf })]).toEqual([0, 1]);
});
