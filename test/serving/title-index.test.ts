import fc from 'fast-check';
import { expect, test } from 'vitest';
import { searchOf } from './some-movies.ts';

/** The textbook's whole table, for one word: optimal string alignment. */
function edits(a: string, b: string): number {
  const table = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (__, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  const at = (i: number, j: number): number => table[i]?.[j] as number;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const ways = [at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)];
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) ways.push(at(i - 2, j - 2) + 1);
      (table[i] as number[])[j] = Math.min(...ways);
    }
  }
  return at(a.length, b.length);
}

test('the naive count of edits is right by hand', () => {
  expect(edits('kitten', 'sitting')).toBe(3);
  expect(edits('teh', 'the')).toBe(1);
  // Optimal string alignment edits no part twice: with Damerau's distance it would be 2.
  expect(edits('ca', 'abc')).toBe(3);
});

const letter = fc.constantFrom('a', 'b', 'c', 'ж');
const wordOf = (minLength: number, maxLength: number) => fc.string({ unit: letter, minLength, maxLength });

test('words with a typo, and with one in their beginning, are those that the naive count says', () => {
  fc.assert(
    fc.property(fc.uniqueArray(wordOf(1, 9), { maxLength: 80 }), wordOf(5, 7), (titles, typed) => {
      const found = searchOf(titles.map((title) => ({ title })))(typed);
      const expected = titles.filter((title) =>
        Array.from(title, (_, at) => title.slice(0, at + 1)).some(
          (beginning) => edits(beginning, typed) <= 1,
        ),
      );
      expect(Array.from(found, (row) => titles[row]).sort()).toEqual(expected.sort());
    }),
    { numRuns: 500 },
  );
});
