import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ScoreTable } from '../../pipeline/math/score-table.ts';

// Small integers, so that sums are exact.
const rows = (count: number, width: number): Float32Array =>
  Float32Array.from({ length: count * width }, (_, at) => (at % 7) - 3);

test.each([
  [5, 1],
  [4, 4],
  [9, 6],
  [3, 33],
])('%d rows of %d numbers add their weighted products to the scores', (count, width) => {
  const values = rows(count, width);
  const table = new ScoreTable(values, width);
  const vector = Array.from({ length: width }, (_, column) => 2 - (column % 5));
  const scores = Float32Array.from({ length: count }, (_, row) => 10 * row);
  table.addProducts(vector, 3, 0.5, scores);
  const product = (row: number): number =>
    vector.reduce((sum, value, column) => sum + value * (values[row * width + column] as number), 0);
  expect([...scores]).toEqual(Array.from({ length: count }, (_, row) => 10 * row + 0.5 * (3 + product(row))));
});

test('a product does not depend on the vector before', () => {
  const table = new ScoreTable(rows(6, 5), 5);
  const fresh = new ScoreTable(rows(6, 5), 5);
  table.addProducts([9, 9, 9, 9, 9], 1, 1, new Float32Array(6));
  const [again, once] = [new Float32Array(6), new Float32Array(6)];
  table.addProducts([1, 2, 3, 4, 5], 0, 1, again);
  fresh.addProducts([1, 2, 3, 4, 5], 0, 1, once);
  expect(again).toEqual(once);
});

test('a table has a copy of its rows', () => {
  const values = rows(4, 4);
  const table = new ScoreTable(values, 4);
  const before = new Float32Array(4);
  table.addProducts([1, 1, 1, 1], 0, 1, before);
  values.fill(9);
  const after = new Float32Array(4);
  table.addProducts([1, 1, 1, 1], 0, 1, after);
  expect(after).toEqual(before);
});

/** Few distinct numbers, so that some products are equal. */
const tables = fc
  .record({ count: fc.integer({ min: 0, max: 60 }), width: fc.integer({ min: 1, max: 20 }) })
  .chain(({ count, width }) =>
    fc.record({
      width: fc.constant(width),
      values: fc.array(
        fc.oneof(fc.integer({ min: -2, max: 2 }), fc.float({ min: -9, max: 9, noNaN: true })),
        {
          minLength: count * width,
          maxLength: count * width,
        },
      ),
      vector: fc.array(fc.oneof(fc.constant(0), fc.integer({ min: -3, max: 3 })), {
        minLength: width,
        maxLength: width,
      }),
      n: fc.integer({ min: 0, max: 70 }),
      hidden: fc.array(fc.nat(Math.max(0, count - 1)), { maxLength: count }),
    }),
  );

test('the best rows are those of multiplying all and sorting, bit for bit', () => {
  fc.assert(
    fc.property(tables, ({ width, values, vector, n, hidden }) => {
      const table = new ScoreTable(Float32Array.from(values), width);
      const scores = new Float32Array(values.length / width);
      table.addProducts(vector, 0, 1, scores);
      const expected = Array.from(scores, (score, row) => ({ score, row }))
        .filter(({ row }) => !hidden.includes(row))
        .sort((a, b) => b.score - a.score || a.row - b.row)
        .slice(0, n);
      const best = table.best(vector, n, hidden);
      expect([...best.rows]).toEqual(expected.map(({ row }) => row));
      expect(best.products).toEqual(Float32Array.from(expected, ({ score }) => score));
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('rows that are hidden from one search are found by the next', () => {
  const table = new ScoreTable(rows(50, 9), 9);
  const vector = [3, 1, -1, 2, 0, 0, 1, 5, -2];
  const before = table.best(vector, 4, []);
  expect(table.best(vector, 4, before.rows).rows).not.toEqual(before.rows);
  expect(table.best(vector, 4, [])).toEqual(before);
});

test.each([
  ['too small for codes of one byte', [1, 190, 3, 127], 2 ** -149],
  ['below the normal range of single precision', [5, -3, 8, 1], 2 ** -140],
])('the best rows are found when numbers are %s', (_, numbers, unit) => {
  const rowsOf = (scale: number): Float32Array => Float32Array.from(numbers, (value) => value * scale);
  const vectors = [
    [unit, rowsOf(1)],
    [1, rowsOf(unit)],
  ] as const;
  for (const [scale, values] of vectors) {
    const table = new ScoreTable(values, 1);
    const best = table.best([scale], 2, [0]);
    const expected = [1, 2, 3].sort((a, b) => (numbers[b] as number) - (numbers[a] as number)).slice(0, 2);
    expect([...best.rows]).toEqual(expected);
  }
});

test('rows are found when a product nearly overflows', () => {
  const table = new ScoreTable(new Float32Array(9).fill(1), 3);
  expect([...table.best([1e38, 1e38, -3e38], 2, [1]).rows]).toEqual([0, 2]);
});
