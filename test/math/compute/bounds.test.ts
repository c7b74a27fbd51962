import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { WorkerPool } from '../../../pipeline/math/compute/worker-pool.ts';

const pool = new WorkerPool(1);
afterAll(() => pool.close());

/** The offsets of rows with these lengths. */
const pointersOf = (lengths: readonly number[]): Int32Array => {
  let at = 0;
  return Int32Array.from([0, ...lengths], (length) => {
    at += length;
    return at;
  });
};
const weighted = (lengths: readonly number[], each: number, most: number): number[] => [
  ...pool.weightedBounds(pointersOf(lengths), each, most),
];
const even = (count: number, most: number): number[] => [...pool.evenBounds(count, most)];

/** Chunks follow each other from the first row to the last, none is empty, and their number is the largest possible. */
function expectPartition(bounds: readonly number[], rows: number, most: number): void {
  expect(bounds).toHaveLength(Math.min(rows, most) + 1);
  expect([bounds[0], bounds.at(-1)]).toEqual([0, rows]);
  expect(bounds.every((bound, chunk) => chunk === 0 || bound > (bounds[chunk - 1] as number))).toBe(true);
}

test('chunks are a partition of the rows, and none is empty', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.nat(5), fc.nat(1000)), { minLength: 1, maxLength: 90 }),
      fc.nat(50),
      fc.integer({ min: 1, max: 70 }),
      (lengths, each, most) => {
        expectPartition(weighted(lengths, each, most), lengths.length, most);
        expectPartition(even(lengths.length, most), lengths.length, most);
      },
    ),
    { seed: 1 },
  );
});

test('no chunk has more than an equal share of the weight and the weight of one row', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 200, maxLength: 300 }),
      fc.nat(20),
      (lengths, each) => {
        const bounds = weighted(lengths, each, 10);
        const weights = lengths.map((length) => length + each);
        const sum = (from = 0, to = weights.length): number =>
          weights.slice(from, to).reduce((total, weight) => total + weight, 0);
        for (let chunk = 0; chunk < 10; chunk++) {
          expect(sum(bounds[chunk], bounds[chunk + 1])).toBeLessThanOrEqual(sum() / 10 + 30 + each);
        }
      },
    ),
    { seed: 1 },
  );
});

test('lengths of even chunks differ by at most one row', () => {
  const bounds = even(1003, 64);
  const lengths = bounds.slice(1).map((bound, chunk) => bound - (bounds[chunk] as number));
  expect(Math.max(...lengths) - Math.min(...lengths)).toBe(1);
});

describe('few rows', () => {
  test('no rows make no chunk', () => {
    expect([weighted([], 3, 64), even(0, 64)]).toEqual([[0], [0]]);
  });
  test('one row makes one chunk', () => {
    expect([weighted([5], 3, 64), even(1, 64)]).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });
  test('with fewer rows than chunks, each row is a chunk', () => {
    expect([weighted([9, 0, 4], 0, 64), even(3, 64)]).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 3],
    ]);
  });
});

test('rows without weight are divided as well', () => {
  expectPartition(weighted([0, 0, 0, 0, 0, 0], 0, 4), 6, 4);
});

test.each([0, 3, 7])('when row %d has all the weight, no chunk is empty', (heavy) => {
  const lengths = Array.from({ length: 8 }, (_, row) => (row === heavy ? 1_000_000 : 0));
  expectPartition(weighted(lengths, 0, 4), 8, 4);
});
