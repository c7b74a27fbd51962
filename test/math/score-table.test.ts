import { expect, test } from 'vitest';
import { ScoreTable } from '../../pipeline/math/score-table.ts';

// Small whole numbers: sums are exact, so nothing is rounded.
const rows = (count: number, lanes: number): Float32Array =>
  Float32Array.from({ length: count * lanes }, (_, at) => (at % 7) - 3);

test.each([
  [5, 1],
  [4, 4],
  [9, 6],
  [3, 33],
])('%d rows of %d lanes add their weighted products to the scores', (count, lanes) => {
  const values = rows(count, lanes);
  const table = new ScoreTable(values, lanes);
  const vector = Array.from({ length: lanes }, (_, lane) => 2 - (lane % 5));
  const scores = Float32Array.from({ length: count }, (_, row) => 10 * row);
  table.addProducts(vector, 3, 0.5, scores);
  const product = (row: number): number =>
    vector.reduce((sum, value, lane) => sum + value * (values[row * lanes + lane] as number), 0);
  expect([...scores]).toEqual(Array.from({ length: count }, (_, row) => 10 * row + 0.5 * (3 + product(row))));
});

test('a table keeps nothing of the vector before', () => {
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
