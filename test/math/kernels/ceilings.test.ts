import { expect, test } from 'vitest';
import { Workbench } from './workbench.ts';

// All numbers are whole or halves: nothing is rounded.
test.each([
  [4, 16],
  [8, 48],
  [12, 64],
])('ceilings of %d rows of %d lanes are what the formula says', (count, lanes) => {
  const bench = new Workbench();
  const code = (row: number, lane: number): number => ((row * 31 + lane * 17) % 255) - 127;
  const m = (lane: number): number => ((lane * 29) % 127) - 63;
  const all = Array.from({ length: count }, (_, row) => row);
  const everyLane = Array.from({ length: lanes }, (_, lane) => lane);
  const sumOver = (value: (lane: number) => number): number =>
    everyLane.reduce((sum, lane) => sum + value(lane), 0);
  const codes = bench.bytes(all.flatMap((row) => everyLane.map((lane) => code(row, lane))));
  const offsets = bench.integers(all.map((row) => 64 * sumOver((lane) => code(row, lane))));
  const scales = bench.floats(all.map((row) => 2 ** (row % 3)));
  const residuals = bench.floats(all.map((row) => row + 1));
  const norms = bench.floats(all.map((row) => 2 * row));
  const vector = bench.bytes(everyLane.map((lane) => m(lane) + 64));
  const ceilings = bench.floats(count);
  bench.call(
    'ceilingsOfRows',
    [codes, count, lanes, offsets, scales, residuals, norms, vector, 0.5, 3, 7, ceilings],
    [ceilings],
  );
  expect([...ceilings]).toEqual(
    all.map((row) => {
      const product = sumOver((lane) => code(row, lane) * m(lane));
      return 0.5 * 2 ** (row % 3) * product + 3 * (row + 1) + 7 * 2 * row;
    }),
  );
});

test('the largest codes do not overflow', () => {
  const bench = new Workbench();
  const lanes = 16;
  const codes = bench.bytes(Array.from({ length: 4 * lanes }, (_, at) => (at < 2 * lanes ? 127 : -127)));
  const offsets = bench.integers([127, 127, -127, -127].map((code) => 64 * lanes * code));
  const ones = bench.floats([1, 1, 1, 1]);
  const zeros = bench.floats([0, 0, 0, 0]);
  const ceilings = bench.floats(4);
  for (const extreme of [-63, 63]) {
    const vector = bench.bytes(new Array(lanes).fill(extreme + 64));
    bench.call(
      'ceilingsOfRows',
      [codes, 4, lanes, offsets, ones, zeros, zeros, vector, 1, 0, 0, ceilings],
      [ceilings],
    );
    const product = lanes * 127 * extreme;
    expect([...ceilings]).toEqual([product, product, -product, -product]);
  }
});
