import { array, assert, constant, double, integer, oneof, property } from 'fast-check';
import { expect, test } from 'vitest';
import { topN } from '../../pipeline/math/top-n.ts';

const score = oneof(
  integer({ min: -3, max: 3 }),
  double({ noNaN: true }),
  constant(Number.NEGATIVE_INFINITY),
  constant(Number.NaN),
);

test('it equals sorting everything and cutting', () => {
  assert(
    property(array(score, { maxLength: 40 }), integer({ min: 0, max: 45 }), (scores, n) => {
      const expected = scores
        .map((value, position) => ({ value, position }))
        .filter(({ value }) => value > Number.NEGATIVE_INFINITY)
        .sort((a, b) => (a.value === b.value ? a.position - b.position : b.value - a.value))
        .slice(0, n)
        .map(({ position }) => position);
      expect([...topN(Float32Array.from(scores), n)]).toEqual(expected);
    }),
  );
});
