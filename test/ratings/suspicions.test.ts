import { expect, test } from 'vitest';
import { ratingValues, suspectScale } from '../../pipeline/ratings/suspicions.ts';

const suspicion = (values: readonly number[]) => {
  const stars = Float64Array.from(values);
  return suspectScale(ratingValues({ stars }), stars);
};

test.each([
  ['1 to 10', [1, 6, 8, 10], { kind: 'scale', scale: '1-10', above: 3, ratings: 4, largest: 10 }],
  ['0 to 10', [0, 6, 9], { kind: 'scale', scale: '0-10' }],
  ['percent', [12, 55, 98], { kind: 'scale', scale: '1-100' }],
  ['0 to 1', [0, 0.2, 0.9], { kind: 'scale', scale: '0-1' }],
  ['thumbs', [0, 1, 1, 0], { kind: 'thumbs', scale: '1=4.5,0=1.5' }],
  ['thumbs with a sign', [-1, 1, 1], { kind: 'thumbs', scale: '1=4.5,-1=1.5' }],
  ['quarter stars', [0.25, 3.75, 5], { kind: 'finer-steps', scale: '0.25-5', ratings: 2, example: 0.25 }],
  ['zeros', [0, 3, 5], { kind: 'zeros', ratings: 1 }],
])('%s is suspected, and a missing value changes nothing', (_, values, expected) => {
  expect(suspicion(values)).toMatchObject(expected);
  expect(suspicion([...values, Number.NaN])).toMatchObject(expected);
});

test.each([
  ['stars', [0.5, 3, 5]],
  ['low stars', [0.5, 1]],
  ['nothing', []],
  ['no numbers', [Number.NaN]],
])('%s are no other scale', (_, values) => {
  expect(suspicion(values)).toBeNull();
});

test('one typing error among many ratings does not change the end of the scale', () => {
  expect(suspicion([...Array.from({ length: 300 }, (_, at) => 1 + (at % 10)), 99])).toMatchObject({
    scale: '1-10',
  });
});
