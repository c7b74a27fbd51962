import { expect, test } from 'vitest';
import { readShared, writeShared } from '../../../api/page/scripts/shared-ratings.ts';

test('ratings come back from the fragment, with any ids', () => {
  const ratings = new Map([
    ['1', 4.5],
    ['the-matrix', 0.5],
    ['a,b~c d#%', 5],
  ]);
  expect(readShared(writeShared(ratings))).toEqual(ratings);
  expect(readShared(writeShared(new Map()))).toEqual(new Map());
});

test.each([
  '',
  '#',
  '#rated=',
  '#other=1~5',
  '#rated=1:7',
  '#rated=1:0',
  '#rated=1:4.3',
  '#rated=1:x',
  '#rated=:4',
  '#rated=%E0%A4%A:4',
])('a fragment without a valid rating gives none: %s', (fragment) => {
  expect(readShared(fragment)).toEqual(new Map());
});

test('a damaged part leaves the others', () => {
  expect(readShared('#rated=1:4,2,3:9,4:0.5')).toEqual(
    new Map([
      ['1', 4],
      ['4', 0.5],
    ]),
  );
});
