import { OperatorError } from '../lib/errors.ts';
import type { Movie } from '../ratings/movie.ts';
import { movieSearch, type SearchedMovies, type SearchIndex } from './movie-search.ts';
import {
  type Dictionary,
  decodeDictionary,
  encodeDictionary,
  PLACE,
  type Place,
} from './search-dictionary.ts';
import { cut, type Name, namesOf, otherSpellings } from './search-words.ts';

/**
 * Builds the index of all words in titles.
 *
 * @param movies in the order of the catalogue: the position of a movie is its row.
 */
export function buildSearchIndex(movies: readonly Pick<Movie, 'title'>[]): Uint8Array {
  const lists = new Map<string, Map<number, Place>>();
  for (const [row, { title }] of movies.entries()) {
    for (const [word, place] of indexedWords(namesOf(title))) {
      const list = lists.get(word) ?? new Map<number, Place>();
      lists.set(word, list.set(row, Math.max(list.get(row) ?? PLACE.inside, place) as Place));
    }
  }
  return encodeDictionary(movies.length, lists);
}

/**
 * Opens an index that `buildSearchIndex` made from the same movies.
 *
 * @param name of the index, for the error.
 * @throws OperatorError `model-invalid` with what is wrong.
 */
export function openSearchIndex(bytes: Uint8Array, catalogue: SearchedMovies, name: string): SearchIndex {
  const refuse = (problem: string, cause?: unknown): never => {
    throw new OperatorError(
      'model-invalid',
      `The search index ${name} cannot be used: ${problem}.`,
      'Make the bundle again from its release: cinematch deploy.',
      { cause },
    );
  };
  let dictionary: Dictionary;
  try {
    dictionary = decodeDictionary(bytes);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    return refuse(cause.message, cause);
  }
  const { size } = catalogue.movies;
  if (dictionary.movies !== size) {
    refuse(`it has ${dictionary.movies} movies, and the catalogue has ${size}`);
  }
  return movieSearch(dictionary, catalogue);
}

/** All words that find a movie with these names. A word may come twice. */
function* indexedWords(names: readonly Name[]): Generator<readonly [word: string, place: Place]> {
  for (const [at, { chunks }] of names.entries()) {
    const whole = at === 0 ? PLACE.whole : PLACE.wholeOther;
    for (const [position, { parts, elided }] of chunks.entries()) {
      const placeOfChunk: Place = position > 0 ? PLACE.inside : chunks.length > 1 ? PLACE.first : whole;
      if (parts.length > 1) yield [cut(parts.join('')), placeOfChunk];
      if (elided !== null) yield [elided, placeOfChunk];
      for (const [index, part] of parts.entries()) {
        const begins = position === 0 && index === 0;
        const place = parts.length === 1 ? placeOfChunk : begins ? PLACE.first : PLACE.inside;
        yield [part, place];
        for (const spelling of otherSpellings(part)) yield [spelling, place];
      }
    }
  }
}
