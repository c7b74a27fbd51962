import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visitFuzzyMatches } from '../../pipeline/serving/fuzzy-match.ts';
import {
  type Dictionary,
  decodeDictionary,
  encodeDictionary,
  type Place,
} from '../../pipeline/serving/search-dictionary.ts';

const ROWS = 500;
const word = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 10 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 }),
);
const list = fc
  .uniqueArray(fc.tuple(fc.nat(ROWS - 1), fc.nat(3)), { selector: ([row]) => row, minLength: 1 })
  .map((entries) => new Map(entries.sort(([a], [b]) => a - b) as [number, Place][]));
const lists = fc.array(fc.tuple(word, list), { maxLength: 60 }).map((entries) => new Map(entries));

function dictionaryOf(words: readonly string[]): Dictionary {
  return decodeDictionary(encodeDictionary(1, new Map(words.map((each) => [each, new Map([[0, 0]])]))));
}

test('what was written is read back, word by word', () => {
  fc.assert(
    fc.property(lists, (written) => {
      const dictionary = decodeDictionary(encodeDictionary(ROWS, written));
      expect([dictionary.movies, dictionary.size]).toEqual([ROWS, written.size]);
      for (const [each, rows] of written) {
        const read = new Map<number, Place>();
        dictionary.forEachRow(dictionary.find(each), (row, place) => read.set(row, place));
        expect(read).toEqual(rows);
      }
    }),
  );
});

test('words that begin so are found as by looking at all, and no word that is not there', () => {
  fc.assert(
    fc.property(fc.uniqueArray(word), word, (words, beginning) => {
      const sorted = words.toSorted();
      const dictionary = dictionaryOf(words);
      const [from, to] = dictionary.withPrefix(beginning);
      expect(sorted.slice(from, to)).toEqual(sorted.filter((each) => each.startsWith(beginning)));
      expect(dictionary.find(beginning)).toBe(sorted.indexOf(beginning));
    }),
  );
});

/** The textbook's whole table, for one word. */
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

test('words near another are those that the naive count says', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'ж'), minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(
      fc.uniqueArray(letters, { maxLength: 80 }),
      letters,
      fc.constantFrom(1, 2),
      fc.constantFrom(-1, 0, 1),
      (words, wanted, limit, beginningLimit) => {
        const near: string[] = [];
        visitFuzzyMatches(dictionaryOf(words), wanted, limit, beginningLimit, (position, isWhole) => {
          near.push(`${words.toSorted()[position]} ${isWhole}`);
        });
        const expected = words.toSorted().flatMap((each) => {
          if (edits(each, wanted) <= limit) return [`${each} true`];
          const beginnings = Array.from(each, (_, at) => each.slice(0, at + 1));
          return beginnings.some((part) => edits(part, wanted) <= beginningLimit) ? [`${each} false`] : [];
        });
        expect(near).toEqual(expected);
      },
    ),
    { numRuns: 500 },
  );
});
