import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MOVIES, searchOf } from './some-movies.ts';

const search = searchOf(MOVIES);
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.array(fc.constantFrom(..."aeht is('.)-&*2019"), { maxLength: 60 }).map((letters) => letters.join('')),
);

test('any text has an answer: rows, each once', () => {
  fc.assert(
    fc.property(anyText, (query) => {
      const rows = [...search(query)];
      expect(new Set(rows).size).toBe(rows.length);
      for (const row of rows) expect(MOVIES[row]).toBeDefined();
    }),
    { numRuns: 1000 },
  );
});

test('any titles make an index that finds each by its title', () => {
  const word = fc.string({
    unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzéßжя'),
    minLength: 1,
    maxLength: 9,
  });
  const title = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(' '));
  fc.assert(
    fc.property(fc.uniqueArray(title, { minLength: 1, maxLength: 30 }), (titles) => {
      const searched = searchOf(titles.map((each) => ({ title: each })));
      for (const [row, each] of titles.entries()) expect([...searched(each)]).toContain(row);
    }),
  );
});

test('any titles at all make an index that opens', () => {
  fc.assert(
    fc.property(fc.array(anyText, { maxLength: 20 }), anyText, (titles, query) => {
      const movies = titles.map((title) => ({ title }));
      expect(searchOf(movies)(query).length).toBeLessThanOrEqual(movies.length);
    }),
  );
});

test.each(MOVIES.map(({ title, year }, row) => [title, year, row] as const))(
  '%s (%s) is among the first three for its title',
  (title, year, row) => {
    expect([...search(title).slice(0, 3)]).toContain(row);
    expect(search(year === null ? title : `${title} (${year})`)[0]).toBe(row);
  },
);

test('one edit in a long word still finds the movie', () => {
  const longWords = MOVIES.flatMap(({ title }, row) =>
    [...title.matchAll(/[a-z]{5,}/g)].map((match) => ({
      title,
      row,
      from: match.index,
      length: match[0].length,
    })),
  );
  const edit = fc.record({
    word: fc.constantFrom(...longWords),
    place: fc.nat(),
    letter: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'),
    kind: fc.constantFrom('less', 'more', 'other', 'swapped'),
  });
  fc.assert(
    fc.property(edit, ({ word: { title, row, from, length }, place, letter, kind }) => {
      const at = from + (place % (length - 1));
      const [before, here, next, after] = [title.slice(0, at), title[at], title[at + 1], title.slice(at + 2)];
      const edited = {
        less: `${before}${next}${after}`,
        more: `${before}${letter}${here}${next}${after}`,
        other: `${before}${letter}${next}${after}`,
        swapped: `${before}${next}${here}${after}`,
      }[kind];
      expect([...search(edited)]).toContain(row);
    }),
    { numRuns: 1000 },
  );
});
