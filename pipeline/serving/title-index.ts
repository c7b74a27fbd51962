import MiniSearch, { type Query } from 'minisearch';
import { initialsOf, lettersOf, namesOf, numeralsIn, STOP_WORDS } from '../ratings/title-words.ts';
import type { Catalogue } from './catalogue.ts';
import { type QueryWord, swapped } from './search-query.ts';

/** What the search needs from the catalogue. */
export type SearchedMovies = Pick<Catalogue, 'titleOf' | 'yearOf' | 'totalsOf'> & {
  readonly movies: Pick<Catalogue['movies'], 'size'>;
};

/** How well a movie matches a word of a query, the best first. */
export const FIT = { same: 0, prefix: 1, typo: 2, typoInPrefix: 3 } as const;

/** Shorter prefixes with a typo match too many words. */
const MIN_FUZZY_PREFIX = 5;

/** The words in titles. A movie is given by its row in the catalogue. */
export interface TitleIndex {
  /** Whether a name has the word. */
  has(word: string): boolean;
  /** The letters of each name of a movie. */
  lettersOf(row: number): readonly string[];
  /** The movies with a name whose words begin with these letters, such as `lotr`. */
  rowsOfInitials(letters: string): readonly number[];
  /** The movies of a year, and those with the year in a name: Blade Runner 2049. */
  rowsOfYear(year: number): readonly number[];
  /** The best fit of every movie that has the word or a similar one. */
  fitsOf(word: QueryWord): Map<number, number>;
}

export function indexTitles({ movies, titleOf, yearOf }: SearchedMovies): TitleIndex {
  const index = new MiniSearch({
    fields: ['words', 'year'],
    tokenize: (text) => text.split(' '),
    processTerm: (word) => word,
    searchOptions: { fields: ['words'] },
  });
  const words = new Set<string>();
  const letters: string[][] = [];
  const initials: string[][] = [];
  for (let row = 0; row < movies.size; row++) {
    const names = namesOf(titleOf(row));
    letters.push(names.map(lettersOf));
    initials.push(names.map(initialsOf));
    // Spider-Man has the words `spider`, `man` and `spiderman`.
    const own = names.flat().flatMap((parts) => (parts.length > 1 ? [...parts, parts.join('')] : parts));
    for (const word of own) words.add(word);
    const numbers = names.flatMap(numeralsIn);
    index.add({ id: row, words: [...own, ...numbers].join(' '), year: yearOf(row) });
  }
  const search = (query: Query): readonly number[] => index.search(query).map(({ id }) => id);
  return {
    has: (word) => words.has(word),
    lettersOf: (row) => letters[row] as readonly string[],
    rowsOfInitials: (text) =>
      initials.flatMap((names, row) => (names.some((name) => name.startsWith(text)) ? [row] : [])),
    rowsOfYear: (year) => search({ queries: [String(year)], fields: ['words', 'year'] }),
    fitsOf({ text, same, isLast }) {
      const fits = new Map<number, number>();
      const add = (queries: readonly Query[], fit: number): void => {
        // Movies with a better fit are left out.
        const boostDocument = (row: number): number => (fits.has(row) ? 0 : 1);
        for (const row of search({ queries: [...queries], boostDocument })) fits.set(row, fit);
      };
      add(same, FIT.same);
      if (fits.size === 0) add(splitsOf(text), FIT.same);
      if (isLast) add([{ queries: [text], prefix: true }], FIT.prefix);
      // A number must match exactly.
      if (/^\p{N}+$/u.test(text)) return fits;
      add([{ queries: [text], fuzzy: editsIn(text) }, ...swapped(text)], FIT.typo);
      if (isLast && text.length >= MIN_FUZZY_PREFIX) {
        // MiniSearch has prefixes and typos, but not both at once.
        add(
          [...words].filter((word) => startsWithTypo(word, text)),
          FIT.typoInPrefix,
        );
      }
      return fits;
    },
  };
}

/** How many letters may be wrong. */
function editsIn(word: string): 0 | 1 | 2 {
  if (word.length < 4) return 0;
  return word.length < 8 ? 1 : 2;
}

/** Whether a word starts with `typed`, one letter more, less or different, or two neighbours swapped. */
function startsWithTypo(word: string, typed: string): boolean {
  let at = 0;
  while (at < typed.length && word[at] === typed[at]) at++;
  const rest = typed.slice(at + 1);
  return (
    word.startsWith(rest, at) ||
    word.startsWith(rest, at + 1) ||
    word.startsWith(typed.slice(at), at + 1) ||
    (word[at] === typed[at + 1] && word[at + 1] === typed[at] && word.startsWith(typed.slice(at + 2), at + 2))
  );
}

/** `starwars` as two words. A stop word in front may be missing in the title. */
function splitsOf(word: string): readonly Query[] {
  return Array.from({ length: Math.max(0, word.length - 3) }, (_, at) => {
    const [left, right] = [word.slice(0, at + 2), word.slice(at + 2)];
    return STOP_WORDS.has(left) ? right : { combineWith: 'AND', queries: [left, right] };
  });
}
