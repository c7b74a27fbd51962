import { expect, test } from 'vitest';
import { rowsAmong } from '../../pipeline/ratings/pairs.ts';
import { rated } from '../evaluate/rated.ts';

const ratings = rated([2, 10, 3], [1, 20, 4], [1, 10, 5], [3, 10, 1], [2, 20, 2]);

test('rows are found by user and movie together, in any order', () => {
  expect([...rowsAmong(ratings, rated([3, 10, 5], [1, 10, 1], [2, 30, 1], [1, 10, 2]))]).toEqual([
    0, 0, 1, 1, 0,
  ]);
});

test('among no pairs there is no row', () => {
  expect([...rowsAmong(ratings, rated())]).toEqual([0, 0, 0, 0, 0]);
  expect([...rowsAmong(rated(), ratings)]).toEqual([]);
});
