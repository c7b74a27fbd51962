import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sparseMatrix } from '../../pipeline/ratings/matrix.ts';
import { rowsOf, vocabularyOf } from '../../pipeline/ratings/vocabulary.ts';

test('rows are the distinct ids in ascending order', () => {
  const vocabulary = vocabularyOf(Int32Array.of(50, 3, 50, 7));
  expect([vocabulary.size, ...vocabulary.ids]).toEqual([3, 3, 7, 50]);
  expect([...rowsOf(vocabulary, Int32Array.of(3, 50, 4, 51, 0))]).toEqual([0, 2, -1, -1, -1]);
});

test.each([
  ['small ids, looked up in an array', 1_000],
  ['ids of 31 bits, looked up in a map', 2_147_483_647],
])('every id leads to its row and back: %s', (_, max) => {
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

test('a sparse matrix holds every entry in its row, in the order given', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(4), fc.nat(5), fc.integer({ min: 1, max: 10 })), { maxLength: 40 }),
      (entries) => {
        const column = (i: 0 | 1 | 2): Int32Array => Int32Array.from(entries, (entry) => entry[i]);
        const matrix = sparseMatrix(5, 6, column(0), column(1), column(2));
        for (let row = 0; row < 5; row++) {
          const [from, to] = [matrix.pointers[row] as number, matrix.pointers[row + 1] as number];
          const found = Array.from({ length: to - from }, (_, i) => [
            matrix.columns[from + i],
            matrix.values[from + i],
          ]);
          expect(found).toEqual(entries.filter(([at]) => at === row).map(([, at, value]) => [at, value]));
        }
        expect(matrix.pointers[5]).toBe(entries.length);
      },
    ),
    { seed: 1 },
  );
});
