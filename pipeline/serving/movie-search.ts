import { type Dictionary, PLACE } from './search-dictionary.ts';
import { parseQuery, type Query } from './search-query.ts';
import { namesOf } from './search-words.ts';
import { FIT, fitWord } from './word-fit.ts';

/** What the search needs from the catalogue. */
export interface SearchedMovies {
  readonly size: number;
  titleOf(row: number): string;
  yearOf(row: number): number | null;
  /** Number of ratings. */
  popularityOf(row: number): number;
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
export class MovieSearch {
  readonly #dictionary: Dictionary;
  readonly #movies: SearchedMovies;
  #byPopularity: Int32Array | null = null;
  // By row, for the current query.
  readonly #fit: Uint8Array;
  readonly #worstFit: Uint8Array;
  readonly #wordsFound: Uint8Array;
  readonly #firstPlace: Uint8Array;
  readonly #namesYear: Uint8Array;

  constructor(dictionary: Dictionary, movies: SearchedMovies) {
    this.#dictionary = dictionary;
    this.#movies = movies;
    this.#fit = new Uint8Array(movies.size);
    this.#worstFit = new Uint8Array(movies.size);
    this.#wordsFound = new Uint8Array(movies.size);
    this.#firstPlace = new Uint8Array(movies.size);
    this.#namesYear = new Uint8Array(movies.size);
  }

  search(text: string): Int32Array {
    const query = parseQuery(text, (word) => this.#dictionary.find(word) >= 0);
    if (query === null) return new Int32Array(0);
    const needed = this.#fitWords(query);
    if (needed === 0 || needed * 2 < query.wanted.length) return new Int32Array(0);
    this.#findFirstWord(query);
    this.#findYear(query);

    const byGrade = Array.from({ length: GRADES }, (): number[] => []);
    let comparisons = MAX_COMPARED;
    for (const row of this.#rowsByPopularity()) {
      if (this.#wordsFound[row] !== needed) continue;
      const fit = this.#worstFit[row] as number;
      const typos = fit >= FIT.prefix ? 0 : FIT.prefix - fit;
      // One of two words with a typo is not enough.
      if (typos > 0 && needed * 2 === query.wanted.length) continue;
      let match: number = fit === FIT.same ? MATCH.words : MATCH.prefixes;
      const place = this.#firstPlace[row] as number;
      if (typos === 0 && place >= PLACE.first) {
        if (query.letters === query.first.text) match = matchOfPlace(place);
        else if (comparisons-- > 0) match = Math.min(match, this.#matchOfNames(row, query));
      }
      const order = typos * 2 + (this.#isOfYear(row, query.year) ? 0 : 1);
      byGrade[order * MATCHES + match]?.push(row);
    }
    return Int32Array.from(byGrade.flat());
  }

  /** @returns the largest number of the query's words that a movie has. */
  #fitWords({ wanted, letters, year }: Query): number {
    this.#worstFit.fill(FIT.same);
    this.#wordsFound.fill(0);
    const isYearAlone = letters === String(year);
    let most = 0;
    for (const [at, word] of wanted.entries()) {
      this.#fit.fill(0);
      fitWord(this.#dictionary, word, at < MAX_WITH_TYPOS, this.#fit);
      for (let row = 0; row < this.#fit.length; row++) {
        let fit = this.#fit[row] as number;
        if (isYearAlone && fit === 0 && this.#movies.yearOf(row) === year) fit = FIT.prefix;
        if (fit === 0) continue;
        const found = (this.#wordsFound[row] as number) + 1;
        this.#wordsFound[row] = found;
        if (found > most) most = found;
        if (fit < (this.#worstFit[row] as number)) this.#worstFit[row] = fit;
      }
    }
    return most;
  }

  /** Finds the place of the query's first word in each movie's names. */
  #findFirstWord({ first, letters }: Query): void {
    this.#firstPlace.fill(0);
    for (const word of [first.text, ...first.joined]) {
      this.#dictionary.forEachRow(this.#dictionary.find(word), (row, place) => {
        if (place > (this.#firstPlace[row] as number)) this.#firstPlace[row] = place;
      });
    }
    if (letters !== first.text) return;
    const [from, to] = this.#dictionary.withPrefix(letters);
    for (let position = from; position < to; position++) {
      this.#dictionary.forEachRow(position, (row, place) => {
        if (place > 0 && this.#firstPlace[row] === 0) this.#firstPlace[row] = PLACE.first;
      });
    }
  }

  #findYear({ year }: Query): void {
    if (year === null) return;
    this.#namesYear.fill(0);
    this.#dictionary.forEachRow(this.#dictionary.find(String(year)), (row) => {
      this.#namesYear[row] = 1;
    });
  }

  /** A year in the name counts too: Blade Runner 2049. */
  #isOfYear(row: number, year: number | null): boolean {
    return year === null || this.#namesYear[row] === 1 || this.#movies.yearOf(row) === year;
  }

  #matchOfNames(row: number, { letters, lettersWithoutYear }: Query): number {
    let match: number = MATCH.prefixes;
    for (const [at, name] of namesOf(this.#movies.titleOf(row)).entries()) {
      if (name.letters === letters || name.letters === lettersWithoutYear) {
        match = Math.min(match, at === 0 ? MATCH.name : MATCH.otherName);
      } else if (name.letters.startsWith(lettersWithoutYear)) {
        match = Math.min(match, MATCH.namePrefix);
      }
    }
    return match;
  }

  /** Computed when first needed, so that opening is fast. */
  #rowsByPopularity(): Int32Array {
    this.#byPopularity ??= rowsByPopularity(this.#movies);
    return this.#byPopularity;
  }
}

function rowsByPopularity(movies: SearchedMovies): Int32Array {
  const { size } = movies;
  // Popularity and row in one number sort without a compare function.
  const keys = new Float64Array(size);
  for (let row = 0; row < size; row++) keys[row] = movies.popularityOf(row) * size + (size - 1 - row);
  keys.sort();
  const rows = new Int32Array(size);
  for (let at = 0; at < size; at++) rows[at] = size - 1 - ((keys[size - 1 - at] as number) % size);
  return rows;
}

function matchOfPlace(place: number): number {
  if (place === PLACE.first) return MATCH.namePrefix;
  return place === PLACE.whole ? MATCH.name : MATCH.otherName;
}
