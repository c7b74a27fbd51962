import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { draws } from './draws.ts';
import { expectClose, ROUNDOFF } from './precision.ts';
import { Workbench } from './workbench.ts';

describe.each([4, 8, 20, 64])('scores of rows of %d numbers', (width) => {
  test.each([0, 1, 2, 3, 4, 5, 7, 8, 103])('are their products with the vector: %d rows', (count) => {
    const bench = new Workbench();
    const rows = bench.floats(draws(count * width));
    const vector = bench.floats(draws(width));
    const scores = bench.floats(count);
    bench.call('scoreRows', [rows, count, width, vector, scores], [scores]);
    const expected = new Float64Array(count);
    const sizes = new Float64Array(count);
    rows.forEach((value, at) => {
      const row = Math.floor(at / width);
      const product = value * (vector[at % width] as number);
      expected[row] = (expected[row] as number) + product;
      sizes[row] = (sizes[row] as number) + Math.abs(product);
    });
    const bound = sizes.map((size) => width * ROUNDOFF * size);
    expectClose(scores, expected, bound);
  });
});

/** Few distinct values, so that some are equal, and special numbers. */
const someScores = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: -3, max: 3 }) },
    fc.float({ noNaN: true }),
    fc.constantFrom(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN, -0),
  ),
  { maxLength: 40 },
);

test('the k largest scores are the first k after sorting', () => {
  const bench = new Workbench();
  fc.assert(
    fc.property(someScores, fc.integer({ min: 0, max: 45 }), fc.float(), (scores, k, behind) => {
      const memory = bench.floats([...scores, behind, Number.POSITIVE_INFINITY, Number.NaN]);
      const positions = bench.integers(k);
      const values = bench.floats(k);
      const found = bench.call('topK', [memory, scores.length, k, positions, values], [positions, values]);
      const expected = scores
        .map((score, position) => ({ score, position }))
        .filter(({ score }) => score > Number.NEGATIVE_INFINITY)
        .sort((a, b) => (a.score === b.score ? a.position - b.position : b.score - a.score))
        .slice(0, k);
      expect(Array.from(positions.subarray(0, found))).toEqual(expected.map(({ position }) => position));
      expect(Array.from(values.subarray(0, found))).toEqual(expected.map(({ score }) => score));
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('of many equal scores the first are selected, in their order', () => {
  const bench = new Workbench();
  const scores = bench.floats(new Float32Array(1003).fill(2.5));
  const [positions, values] = [bench.integers(10), bench.floats(10)];
  expect(bench.call('topK', [scores, 1000, 10, positions, values], [positions, values])).toBe(10);
  expect([...positions]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('ascending scores are returned in descending order', () => {
  const bench = new Workbench();
  const scores = bench.floats(Array.from({ length: 1003 }, (_, position) => position));
  const [positions, values] = [bench.integers(5), bench.floats(5)];
  bench.call('topK', [scores, 1000, 5, positions, values], [positions, values]);
  expect([...positions]).toEqual([999, 998, 997, 996, 995]);
});

test('`positionsFrom` finds the same positions as a comparison of each score', () => {
  const bench = new Workbench();
  fc.assert(
    fc.property(someScores, fc.integer({ min: -4, max: 4 }), (scores, least) => {
      const memory = bench.floats([...scores, 9, Number.POSITIVE_INFINITY, Number.NaN]);
      const positions = bench.integers(scores.length);
      const found = bench.call('positionsFrom', [memory, scores.length, least, positions], [positions]);
      const expected = [...scores.keys()].filter((position) => (scores[position] as number) >= least);
      expect([...positions.subarray(0, found)]).toEqual(expected);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test.each([4, 20, 64])('scores of some rows of %d numbers equal those of all rows bit for bit', (width) => {
  const bench = new Workbench();
  const count = 23;
  const rows = bench.floats(draws(count * width));
  const vector = bench.floats(draws(width));
  const all = bench.floats(count);
  bench.call('scoreRows', [rows, count, width, vector, all], [all]);
  const positions = bench.integers([22, 0, 7, 7, 21, 3]);
  const some = bench.floats(positions.length);
  bench.call('scoreSomeRows', [rows, positions, positions.length, width, vector, some], [some]);
  expect([...some]).toEqual(Array.from(positions, (position) => all[position]));
});
