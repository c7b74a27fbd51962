import { Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { draws } from './draws.ts';
import { expectClose, ROUNDOFF } from './precision.ts';
import { Workbench } from './workbench.ts';

/** start + ZᵀZ by plain loops in double precision, with a bound of the rounding errors of 32-bit floats. */
function naiveGram(start: Float32Array, rows: Float32Array, width: number) {
  const count = rows.length / width;
  const gram = Float64Array.from(start);
  const sizes = gram.map(Math.abs);
  for (let row = 0; row < count; row++) {
    for (let a = 0; a < width; a++) {
      for (let b = 0; b < width; b++) {
        const product = (rows[row * width + a] as number) * (rows[row * width + b] as number);
        gram[a * width + b] = (gram[a * width + b] as number) + product;
        sizes[a * width + b] = (sizes[a * width + b] as number) + Math.abs(product);
      }
    }
  }
  return { gram, bound: sizes.map((size) => (count + 2) * ROUNDOFF * size) };
}

/** The defined part of a matrix. */
const upper = (matrix: ArrayLike<number>, width: number): number[] =>
  Array.from(matrix).filter((_, at) => at % width >= Math.floor(at / width));

describe.each([8, 16, 24, 32, 64])('the Gram matrix of rows of %d numbers', (width) => {
  // A chunk of the kernel is 128 rows.
  test.each([0, 1, 127, 128, 129, 300])('is that of plain loops, added to the slot: %d rows', (count) => {
    const bench = new Workbench();
    const rows = bench.floats(draws(count * width));
    const slot = bench.floats(draws(width * width));
    const { gram, bound } = naiveGram(slot, rows, width);
    bench.call('gramRows', [rows, width, 0, count, slot, 0], [slot]);
    expectClose(upper(slot, width), upper(gram, width), upper(bound, width));
  });
});

test('the Gram matrix of a range of rows is that of ml-matrix', () => {
  const bench = new Workbench();
  const rows = bench.floats(draws(50 * 16));
  const slot = bench.floats(new Float32Array(16 * 16));
  bench.call('gramRows', [rows, 16, 10, 47, slot, 0], [slot]);
  const z = Matrix.from1DArray(37, 16, Array.from(rows.subarray(10 * 16, 47 * 16)));
  const expected = z.transpose().mmul(z);
  // 37 products of standard normal draws: no sum is above about 100.
  expectClose(upper(slot, 16), upper(expected.to1DArray(), 16), 100 * 37 * ROUNDOFF);
});

test('sums of integers are exact', () => {
  const bench = new Workbench();
  const rows = bench.floats(new Float32Array(1000 * 8).fill(1));
  const slot = bench.floats(new Float32Array(64));
  bench.call('gramRows', [rows, 8, 0, 1000, slot, 0], [slot]);
  expect(upper(slot, 8)).toEqual(Array.from({ length: 36 }, () => 1000));
});
