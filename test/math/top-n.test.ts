import fc from 'fast-check';
import { expect, test } from 'vitest';
import { topN } from '../../pipeline/math/top-n.ts';

const score = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.float({ noNaN: true }),
  fc.constant(Number.NEGATIVE_INFINITY),
  fc.constant(Number.NaN),
);

test('the result equals sorting all scores and taking the first n', () => {
  fc.assert(
    fc.property(fc.array(score, { maxLength: 40 }), fc.integer({ min: 0, max: 45 }), (scores, n) => {
      const expected = scores
        .map((value, position) => ({ value, position }))
        .filter(({ value }) => value > Number.NEGATIVE_INFINITY)
        .sort((a, b) => (a.value === b.value ? a.position - b.position : b.value - a.value))
        .slice(0, n)
        .map(({ position }) => position);
      expect([...topN(Float32Array.from(scores), n)]).toEqual(expected);
    }),
    { seed: 1 },
  );
});

test('a list does not change when the next is made', () => {
  const first = topN(Float32Array.of(1, 3, 2), 2);
  topN(
    Float32Array.from({ length: 1000 }, (_, position) => position),
    900,
  );
  expect([...first]).toEqual([1, 2]);
});
