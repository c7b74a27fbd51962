import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CoarseRows } from '../../pipeline/math/coarse-rows.ts';
import { Arena } from '../../pipeline/math/compute/arena.ts';
import { instantiateKernels } from '../../pipeline/math/compute/kernels.ts';
import { draws } from './kernels/draws.ts';

function ceilingsOf(rows: Float32Array, width: number, vector: Float32Array): number[] {
  const arena = new Arena();
  const coarse = new CoarseRows(arena, instantiateKernels(arena.memory), rows, width);
  return [...coarse.ceilings(vector).subarray(0, rows.length / width)];
}

const exact = (rows: Float32Array, width: number, vector: Float32Array): number[] =>
  Array.from({ length: rows.length / width }, (_, row) =>
    vector.reduce((sum, value, column) => sum + value * (rows[row * width + column] as number), 0),
  );

const number = fc
  .float({ min: -1e6, max: 1e6, noNaN: true })
  .map((value) => (Math.abs(value) < 1e-6 ? 0 : value));

test('no product is above its ceiling', () => {
  const table = fc.integer({ min: 1, max: 40 }).chain((width) =>
    fc.record({
      vector: fc.array(number, { minLength: width, maxLength: width }),
      rows: fc.array(fc.array(number, { minLength: width, maxLength: width }), {
        minLength: 1,
        maxLength: 9,
      }),
    }),
  );
  fc.assert(
    fc.property(table, ({ vector, rows }) => {
      const values = Float32Array.from(rows.flat());
      const x = Float32Array.from(vector);
      const products = exact(values, x.length, x);
      const ceilings = ceilingsOf(values, x.length, x);
      expect(ceilings.filter((ceiling, row) => ceiling < (products[row] as number))).toEqual([]);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('a ceiling is at most a twentieth of the product of the lengths above the product', () => {
  const width = 64;
  const rows = draws(50 * width);
  const vector = Float32Array.from(draws(width));
  const values = Float32Array.from(rows);
  const products = exact(values, width, vector);
  const length = (of: Float32Array): number => Math.hypot(...of);
  ceilingsOf(values, width, vector).forEach((ceiling, row) => {
    const lengths = length(vector) * length(values.subarray(row * width, (row + 1) * width));
    expect(ceiling - (products[row] as number)).toBeLessThan(lengths / 20);
  });
});

test('a row or vector of zeros has a ceiling of zero', () => {
  expect(ceilingsOf(Float32Array.of(0, 0, 1, 2), 2, Float32Array.of(3, -1))[0]).toBe(0);
  expect(ceilingsOf(Float32Array.of(5, 6, 1, 2), 2, new Float32Array(2))).toEqual([0, 0]);
});
