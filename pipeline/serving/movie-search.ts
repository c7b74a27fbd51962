import { type Dictionary, PLACE } from './search-dictionary.ts';
import { parseQuery, type Query } from './search-query.ts';
import { namesOf } from './search-words.ts';
import { FIT, fitWord } from './word-fit.ts';

/** What the index does not hold, since the catalogue does. */
export interface SearchedMovies {
  readonly size: number;
  titleOf(row: number): string;
  yearOf(row: number): number | null;
  /** How many ratings a movie has: a whole number. */
  popularityOf(row: number): number;
}

/** What a movie's names have to do with the whole query, the best first. */
const LIKENESS = { name: 0, otherName: 1, begins: 2, words: 3, beginnings: 4 } as const;
const LIKENESSES = 5;
/** Of each likeness there are movies without typos, with some in whole words or in beginnings; of another year or not. */
const GRADES = LIKENESSES * 2 * 3;
/** Titles that are taken apart for one query: those of the most popular movies. */
const MOST_COMPARED = 400;
/** Words of a query that are looked for with typos. */
const MOST_WITH_TYPOS = 8;

/**
 * Searches titles for what a person may have meant. A movie is found when it has every word of the query, or
 * when none has, as many as any other and at least half. First come those that have them without typos, of
 * these the ones of the query's year, of these the ones whose name it is, then those whose name it begins; where
 * all is equal, the more popular movie.
 */
export class MovieSearch {
  readonly #dictionary: Dictionary;
  readonly #movies: SearchedMovies;
  #byPopularity: Int32Array | null = null;
  // By row, for the query at hand.
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
    let comparisons = MOST_COMPARED;
    for (const row of this.#rowsByPopularity()) {
      if (this.#wordsFound[row] !== needed) continue;
      const fit = this.#worstFit[row] as number;
      const typos = fit >= FIT.beginning ? 0 : FIT.beginning - fit;
      // One of two words, and that with a typo, is not enough.
      if (typos > 0 && needed * 2 === query.wanted.length) continue;
      let likeness: number = fit === FIT.same ? LIKENESS.words : LIKENESS.beginnings;
      const place = this.#firstPlace[row] as number;
      if (typos === 0 && place >= PLACE.first) {
        if (query.letters === query.first.text) likeness = likenessOfPlace(place);
        else if (comparisons-- > 0) likeness = Math.min(likeness, this.#likenessOfNames(row, query));
      }
      const order = typos * 2 + (this.#isOfYear(row, query.year) ? 0 : 1);
      byGrade[order * LIKENESSES + likeness]?.push(row);
    }
    return Int32Array.from(byGrade.flat());
  }

  /** @returns the most words of the query that one movie has. */
  #fitWords({ wanted, letters, year }: Query): number {
    this.#worstFit.fill(FIT.same);
    this.#wordsFound.fill(0);
    const isYearAlone = letters === String(year);
    let most = 0;
    for (const [at, word] of wanted.entries()) {
      this.#fit.fill(0);
      fitWord(this.#dictionary, word, at < MOST_WITH_TYPOS, this.#fit);
      for (let row = 0; row < this.#fit.length; row++) {
        let fit = this.#fit[row] as number;
        if (isYearAlone && fit === 0 && this.#movies.yearOf(row) === year) fit = FIT.beginning;
        if (fit === 0) continue;
        const found = (this.#wordsFound[row] as number) + 1;
        this.#wordsFound[row] = found;
        if (found > most) most = found;
        if (fit < (this.#worstFit[row] as number)) this.#worstFit[row] = fit;
      }
    }
    return most;
  }

  /** Where in its names each movie has the first word. */
  #findFirstWord({ first, letters }: Query): void {
    this.#firstPlace.fill(0);
    for (const word of [first.text, ...first.joined]) {
      this.#dictionary.forEachRow(this.#dictionary.find(word), (row, place) => {
        if (place > (this.#firstPlace[row] as number)) this.#firstPlace[row] = place;
      });
    }
    if (letters !== first.text) return;
    const [from, to] = this.#dictionary.startingWith(letters);
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

  /** Blade Runner 2049 is not of that year, but it is what is meant. */
  #isOfYear(row: number, year: number | null): boolean {
    return year === null || this.#namesYear[row] === 1 || this.#movies.yearOf(row) === year;
  }

  #likenessOfNames(row: number, { letters, lettersWithoutYear }: Query): number {
    let likeness: number = LIKENESS.beginnings;
    for (const [at, name] of namesOf(this.#movies.titleOf(row)).entries()) {
      if (name.letters === letters || name.letters === lettersWithoutYear) {
        likeness = Math.min(likeness, at === 0 ? LIKENESS.name : LIKENESS.otherName);
      } else if (name.letters.startsWith(lettersWithoutYear)) {
        likeness = Math.min(likeness, LIKENESS.begins);
      }
    }
    return likeness;
  }

  /** All rows, made when they are first needed: opening shall be quick. */
  #rowsByPopularity(): Int32Array {
    this.#byPopularity ??= rowsByPopularity(this.#movies);
    return this.#byPopularity;
  }
}

function rowsByPopularity(movies: SearchedMovies): Int32Array {
  const { size } = movies;
  // Popularity and row in one number, which sorts without a function that compares.
  const keys = new Float64Array(size);
  for (let row = 0; row < size; row++) keys[row] = movies.popularityOf(row) * size + (size - 1 - row);
  keys.sort();
  const rows = new Int32Array(size);
  for (let at = 0; at < size; at++) rows[at] = size - 1 - ((keys[size - 1 - at] as number) % size);
  return rows;
}

function likenessOfPlace(place: number): number {
  if (place === PLACE.first) return LIKENESS.begins;
  return place === PLACE.whole ? LIKENESS.name : LIKENESS.otherName;
}
