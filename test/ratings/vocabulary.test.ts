import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rowsOf, vocabularyOf } from '../../pipeline/ratings/vocabulary.ts';

test('rows are the distinct ids in ascending order', () => {
  const vocabulary = vocabularyOf(Int32Array.of(50, 3, 50, 7));
  expect([vocabulary.size, ...vocabulary.ids]).toEqual([3, 3, 7, 50]);
  expect([...rowsOf(vocabulary, Int32Array.of(3, 50, 4, 51, 0))]).toEqual([0, 2, -1, -1, -1]);
});

test.each([
  ['small ids, looked up in an array', 1_000],
  ['ids of 31 bits, looked up in a map', 2_147_483_647],
])('every id maps to its row and back: %s', (_, max) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max })), fc.integer({ min: 0, max }), (ids, other) => {
      const vocabulary = vocabularyOf(Int32Array.from(ids));
      for (const id of ids) expect(vocabulary.ids[vocabulary.rowOf(id)]).toBe(id);
      expect(vocabulary.rowOf(other) >= 0).toBe(ids.includes(other));
      expect(vocabulary.rowOf(-1)).toBe(-1);
    }),
    { seed: 1 },
  );
});

test('one huge id does not change the rows of the small ids', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000)), fc.integer({ min: 1 << 24, max: 2_147_483_647 }), (ids, huge) => {
      const dense = vocabularyOf(Int32Array.from(ids));
      const sparse = vocabularyOf(Int32Array.from([huge, ...ids, huge]));
      expect([...sparse.ids]).toEqual([...dense.ids, huge]);
      const asked = Int32Array.from({ length: 1_002 }, (_, at) => at - 1);
      expect(rowsOf(sparse, asked)).toEqual(rowsOf(dense, asked));
    }),
    { seed: 1 },
  );
});
