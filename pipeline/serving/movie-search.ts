import { once } from '../lib/once.ts';
import type { Catalogue } from './catalogue.ts';
import { type Dictionary, PLACE } from './search-dictionary.ts';
import { parseQuery, type Query } from './search-query.ts';
import { namesOf } from './search-words.ts';
import { FIT, fitWord } from './word-fit.ts';

/** What the search needs from the catalogue. */
export type SearchedMovies = Pick<Catalogue, 'titleOf' | 'yearOf' | 'totalsOf'> & {
  readonly movies: Pick<Catalogue['movies'], 'size'>;
};

export interface SearchIndex {
  /** The rows of all movies that match, best first. */
  search(query: string): Int32Array;
}

/** How the names of a movie match the whole query, the best first. */
const MATCH = { name: 0, otherName: 1, namePrefix: 2, words: 3, prefixes: 4 } as const;
const MATCHES = 5;
/** Each match without typos, with typos in words, or with typos in prefixes; of the query's year or not. */
const GRADES = MATCHES * 2 * 3;
/** So many titles are parsed for one query: those of the most popular movies. */
const MAX_COMPARED = 400;
/** So many words of a query may have typos. */
const MAX_WITH_TYPOS = 8;

/**
 * Searches titles. A movie is found when it has every word of the query. If no movie has every word, the movies with the
 * most words are found, when these are at least half of the words. Movies are ordered by typos (none first), then by the
 * year of the query, then by how the name matches, then by popularity.
 */
export function movieSearch(dictionary: Dictionary, catalogue: SearchedMovies): SearchIndex {
  const { size } = catalogue.movies;
  /** Computed when first needed, so that opening is fast. */
  const byPopularity = once(() => rowsByPopularity(catalogue));
  // By row, for the current query.
  const fitOf = new Uint8Array(size);
  const worstFit = new Uint8Array(size);
  const wordsFound = new Uint8Array(size);
  const firstPlace = new Uint8Array(size);
  const namesYear = new Uint8Array(size);

  function search(text: string): Int32Array {
    const query = parseQuery(text, (word) => dictionary.find(word) >= 0);
    if (query === null) return new Int32Array(0);
    const needed = fitWords(query);
    if (needed === 0 || needed * 2 < query.wanted.length) return new Int32Array(0);
    findFirstWord(query);
    findYear(query);

    const byGrade = Array.from({ length: GRADES }, (): number[] => []);
    let comparisons = MAX_COMPARED;
    for (const row of byPopularity()) {
      if (wordsFound[row] !== needed) continue;
      const fit = worstFit[row] as number;
      const typos = fit >= FIT.prefix ? 0 : FIT.prefix - fit;
      // One of two words with a typo is not enough.
      if (typos > 0 && needed * 2 === query.wanted.length) continue;
      let match: number = fit === FIT.same ? MATCH.words : MATCH.prefixes;
      const place = firstPlace[row] as number;
      if (typos === 0 && place >= PLACE.first) {
        if (query.letters === query.first.text) match = matchOfPlace(place);
        else if (comparisons-- > 0) match = Math.min(match, matchOfNames(row, query));
      }
      const order = typos * 2 + (isOfYear(row, query.year) ? 0 : 1);
      byGrade[order * MATCHES + match]?.push(row);
    }
    return Int32Array.from(byGrade.flat());
  }

  /** @returns the largest number of the query's words that a movie has. */
  function fitWords({ wanted, letters, year }: Query): number {
    worstFit.fill(FIT.same);
    wordsFound.fill(0);
    const isYearAlone = letters === String(year);
    let most = 0;
    for (const [at, word] of wanted.entries()) {
      fitOf.fill(0);
      fitWord(dictionary, word, at < MAX_WITH_TYPOS, fitOf);
      for (let row = 0; row < fitOf.length; row++) {
        let fit = fitOf[row] as number;
        if (isYearAlone && fit === 0 && catalogue.yearOf(row) === year) fit = FIT.prefix;
        if (fit === 0) continue;
        const found = (wordsFound[row] as number) + 1;
        wordsFound[row] = found;
        if (found > most) most = found;
        if (fit < (worstFit[row] as number)) worstFit[row] = fit;
      }
    }
    return most;
  }

  /** Finds the place of the query's first word in each movie's names. */
  function findFirstWord({ first, letters }: Query): void {
    firstPlace.fill(0);
    for (const word of [first.text, ...first.joined]) {
      dictionary.forEachRow(dictionary.find(word), (row, place) => {
        if (place > (firstPlace[row] as number)) firstPlace[row] = place;
      });
    }
    if (letters !== first.text) return;
    const [from, to] = dictionary.withPrefix(letters);
    for (let position = from; position < to; position++) {
      dictionary.forEachRow(position, (row, place) => {
        if (place > 0 && firstPlace[row] === 0) firstPlace[row] = PLACE.first;
      });
    }
  }

  function findYear({ year }: Query): void {
    if (year === null) return;
    namesYear.fill(0);
    dictionary.forEachRow(dictionary.find(String(year)), (row) => {
      namesYear[row] = 1;
    });
  }

  /** A year in the name counts too: Blade Runner 2049. */
  function isOfYear(row: number, year: number | null): boolean {
    return year === null || namesYear[row] === 1 || catalogue.yearOf(row) === year;
  }

  function matchOfNames(row: number, { letters, lettersWithoutYear }: Query): number {
    let match: number = MATCH.prefixes;
    for (const [at, name] of namesOf(catalogue.titleOf(row)).entries()) {
      if (name.letters === letters || name.letters === lettersWithoutYear) {
        match = Math.min(match, at === 0 ? MATCH.name : MATCH.otherName);
      } else if (name.letters.startsWith(lettersWithoutYear)) {
        match = Math.min(match, MATCH.namePrefix);
      }
    }
    return match;
  }

  return { search };
}

/** Rows of the catalogue, the most rated first. */
export function rowsByPopularity({ movies, totalsOf }: SearchedMovies): Int32Array {
  const { size } = movies;
  // Popularity and row in one number sort without a compare function.
  const keys = new Float64Array(size);
  for (let row = 0; row < size; row++) keys[row] = totalsOf(row).ratings * size + (size - 1 - row);
  keys.sort();
  const rows = new Int32Array(size);
  for (let at = 0; at < size; at++) rows[at] = size - 1 - ((keys[size - 1 - at] as number) % size);
  return rows;
}

function matchOfPlace(place: number): number {
  if (place === PLACE.first) return MATCH.namePrefix;
  return place === PLACE.whole ? MATCH.name : MATCH.otherName;
}
