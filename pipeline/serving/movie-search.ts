import { once } from '../lib/once.ts';
import { parseQuery, type Query } from './search-query.ts';
import { FIT, indexTitles, type SearchedMovies, type TitleIndex } from './title-index.ts';

/** Returns the rows of all movies that match a query, best first. */
export type MovieSearch = (query: string) => Int32Array;

/** How the names of a movie match the whole query, the best first. */
const MATCH = { name: 0, otherName: 1, namePrefix: 2, words: 3, prefixes: 4 } as const;
const MATCHES = 5;
/** Before all of them: the query is the initials of a name. */
const INITIALS = -1;
/** Fewer letters are the initials of too many names. */
const LEAST_INITIALS = 3;

/**
 * Searches titles. A movie is found when it has every word of the query. If no movie has every word, the movies with the
 * most words are found, when these are at least half of the words. Movies are ordered by typos (none first), then by the
 * year of the query, then by how the name matches, then by popularity. Letters that are no word of a title, such as `lotr`,
 * are sought as initials first.
 */
export function movieSearch(catalogue: SearchedMovies): MovieSearch {
  /** Made at the first search, so that opening is fast. */
  const indexed = once(() => indexTitles(catalogue));

  return (text) => {
    const index = indexed();
    const query = parseQuery(text, index.has);
    if (query === null) return new Int32Array(0);
    const ofYear = new Set(query.year === null ? [] : index.rowsOfYear(query.year));
    const abbreviated = new Set(initialsIn(query, index));
    const fits = new Map(fitsOf(query, index, ofYear));
    for (const row of abbreviated) fits.set(row, FIT.same);
    const graded = Array.from(fits, ([row, fit]) => {
      const typos = Math.max(0, fit - FIT.prefix);
      const isOfYear = query.year === null || ofYear.has(row);
      const match = typos > 0 ? MATCH.prefixes : matchOf(index.lettersOf(row), query, fit);
      let grade = (typos * 2 + (isOfYear ? 0 : 1)) * MATCHES + match;
      if (abbreviated.has(row)) grade = INITIALS;
      return { row, grade, ratings: catalogue.totalsOf(row).ratings };
    });
    graded.sort((a, b) => a.grade - b.grade || b.ratings - a.ratings || a.row - b.row);
    return Int32Array.from(graded, ({ row }) => row);
  };
}

/** The movies that a query of one unknown word abbreviates. */
function initialsIn({ wanted, letters }: Query, index: TitleIndex): readonly number[] {
  const isOne = wanted.length === 1 && wanted[0]?.text === letters;
  return isOne && letters.length >= LEAST_INITIALS && !index.has(letters)
    ? index.rowsOfInitials(letters)
    : [];
}

/** The worst fit of every movie that has enough words of the query. */
function fitsOf(query: Query, index: TitleIndex, ofYear: ReadonlySet<number>): ReadonlyMap<number, number> {
  const { wanted, letters, year } = query;
  const worst = new Map<number, number>();
  const counts = new Map<number, number>();
  /** Movies with a word of the query that is no number. */
  const named = new Set<number>();
  let most = 0;
  for (const word of wanted) {
    const fits = index.fitsOf(word);
    // A year alone may be a name or a year.
    if (letters === String(year)) for (const row of ofYear) fits.set(row, fits.get(row) ?? FIT.prefix);
    for (const [row, fit] of fits) {
      const count = (counts.get(row) ?? 0) + 1;
      counts.set(row, count);
      if (!isNumber(word.text)) named.add(row);
      most = Math.max(most, count);
      worst.set(row, Math.max(worst.get(row) ?? FIT.same, fit));
    }
  }
  for (const [row, fit] of worst) {
    const share = (counts.get(row) as number) === most ? most / wanted.length : 0;
    // One of two words with a typo is not enough, and neither is a number alone: Kill Bill: Vol. 1 for `rocky 1`.
    const isNumberAlone = share < 1 && !named.has(row);
    if (share < 0.5 || (share === 0.5 && fit > FIT.prefix) || isNumberAlone) worst.delete(row);
  }
  return worst;
}

const isNumber = (word: string): boolean => /^\d+$/.test(word);

function matchOf(names: readonly string[], { letters, lettersWithoutYear }: Query, fit: number): number {
  const at = names.findIndex((name) => name === letters || name === lettersWithoutYear);
  if (at >= 0) return at === 0 ? MATCH.name : MATCH.otherName;
  if (names.some((name) => name.startsWith(lettersWithoutYear))) return MATCH.namePrefix;
  return fit === FIT.same ? MATCH.words : MATCH.prefixes;
}
