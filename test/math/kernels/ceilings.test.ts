import { expect, test } from 'vitest';
import { Workbench } from './workbench.ts';

// All numbers are integers or halves, so that nothing is rounded.
test.each([
  [4, 16],
  [8, 48],
  [12, 64],
])('ceilings of %d rows of %d numbers equal the formula', (count, width) => {
  const bench = new Workbench();
  const code = (row: number, column: number): number => ((row * 31 + column * 17) % 255) - 127;
  const m = (column: number): number => ((column * 29) % 127) - 63;
  const all = Array.from({ length: count }, (_, row) => row);
  const everyColumn = Array.from({ length: width }, (_, column) => column);
  const sumOver = (value: (column: number) => number): number =>
    everyColumn.reduce((sum, column) => sum + value(column), 0);
  const codes = bench.bytes(all.flatMap((row) => everyColumn.map((column) => code(row, column))));
  const offsets = bench.integers(all.map((row) => 64 * sumOver((column) => code(row, column))));
  const scales = bench.floats(all.map((row) => 2 ** (row % 3)));
  const residuals = bench.floats(all.map((row) => row + 1));
  const norms = bench.floats(all.map((row) => 2 * row));
  const vector = bench.bytes(everyColumn.map((column) => m(column) + 64));
  const ceilings = bench.floats(count);
  bench.call(
    'ceilingsOfRows',
    [codes, count, width, offsets, scales, residuals, norms, vector, 0.5, 3, 7, ceilings],
    [ceilings],
  );
  expect([...ceilings]).toEqual(
    all.map((row) => {
      const product = sumOver((column) => code(row, column) * m(column));
      return 0.5 * 2 ** (row % 3) * product + 3 * (row + 1) + 7 * 2 * row;
    }),
  );
});

test('the largest codes do not overflow', () => {
  const bench = new Workbench();
  const width = 16;
  const codes = bench.bytes(Array.from({ length: 4 * width }, (_, at) => (at < 2 * width ? 127 : -127)));
  const offsets = bench.integers([127, 127, -127, -127].map((code) => 64 * width * code));
  const ones = bench.floats([1, 1, 1, 1]);
  const zeros = bench.floats([0, 0, 0, 0]);
  const ceilings = bench.floats(4);
  for (const extreme of [-63, 63]) {
    const vector = bench.bytes(new Array(width).fill(extreme + 64));
    bench.call(
      'ceilingsOfRows',
      [codes, 4, width, offsets, ones, zeros, zeros, vector, 1, 0, 0, ceilings],
      [ceilings],
    );
    const product = width * 127 * extreme;
    expect([...ceilings]).toEqual([product, product, -product, -product]);
  }
});
