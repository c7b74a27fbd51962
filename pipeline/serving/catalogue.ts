import { VarintReader, VarintWriter } from '../lib/varint.ts';
import type { Movie } from '../ratings/movie.ts';
import { type Vocabulary, vocabularyOfSorted } from '../ratings/vocabulary.ts';

/** The ratings of a movie when the catalogue is made. */
export interface RatingTotals {
  readonly ratings: number;
  /** Sum of half stars. */
  readonly halves: number;
}

/** All movies by row: the position in ascending order of the ids. */
export interface Catalogue {
  readonly movies: Vocabulary;
  /** All genres, in alphabetical order. */
  readonly genres: readonly string[];
  /** The title without the year. Empty when unknown. */
  titleOf(row: number): string;
  yearOf(row: number): number | null;
  genresOf(row: number): readonly string[];
  /** @param genre position in `genres` */
  isOfGenre(row: number, genre: number): boolean;
  totalsOf(row: number): RatingTotals;
}

const FORMAT = 1;

/**
 * Encodes the catalogue in few bytes, column by column: ids as differences, years and totals as short numbers, each
 * combination of genres once, all titles as one text.
 *
 * @param movies ascending by id.
 * @param totals one for each movie.
 */
export function encodeCatalogue(movies: readonly Movie[], totals: readonly RatingTotals[]): Uint8Array {
  const genres = [...new Set(movies.flatMap((movie) => movie.genres))].sort();
  const genreAt = new Map(genres.map((genre, at) => [genre, at]));
  const combinations = new Map<string, readonly string[]>();
  for (const movie of movies) combinations.set(movie.genres.join('|'), movie.genres);
  const combinationAt = new Map([...combinations.keys()].map((key, at) => [key, at]));

  const writer = new VarintWriter();
  writer.write(FORMAT);
  writer.writeAscending(movies.map(({ id }) => id));
  writer.write(genres.length);
  for (const genre of genres) writer.writeText(genre);
  writer.write(combinations.size);
  for (const combination of combinations.values()) {
    writer.write(combination.length);
    for (const genre of combination) writer.write(genreAt.get(genre) as number);
  }
  for (const movie of movies) writer.write(combinationAt.get(movie.genres.join('|')) as number);
  const years = movies.flatMap(({ year }) => year ?? []);
  const first = years.reduce((earliest, year) => Math.min(earliest, year), years[0] ?? 0);
  writer.write(first);
  for (const { year } of movies) writer.write(year === null ? 0 : year - first + 1);
  for (const { ratings, halves } of totals) {
    writer.write(ratings);
    writer.write(halves);
  }
  for (const { title } of movies) writer.write(title.length);
  writer.writeText(movies.map(({ title }) => title).join(''));
  return writer.finish();
}

/** @throws RangeError or TypeError when the bytes are not a catalogue. */
export function decodeCatalogue(bytes: Uint8Array): Catalogue {
  const reader = new VarintReader(bytes);
  const format = reader.read();
  if (format !== FORMAT)
    throw new RangeError(`the catalogue has format ${format}, this version reads ${FORMAT}`);
  const movies = vocabularyOfSorted(reader.readAscending());
  const column = (): Int32Array => Int32Array.from(movies.ids, () => reader.read());

  const genres = Array.from({ length: reader.read() }, () => reader.readText());
  const combinations = Array.from({ length: reader.read() }, () =>
    Array.from({ length: reader.read() }, () => reader.read()),
  );
  const named = combinations.map((combination) => combination.map((genre) => genres[genre] as string));
  const has = combinations.map((combination) => new Set(combination));
  const combinationOf = column();
  // A negative number was written as a large unsigned one.
  const firstYear = reader.read() | 0;
  const years = column();
  const ratings = new Int32Array(movies.size);
  const halves = new Int32Array(movies.size);
  for (let row = 0; row < movies.size; row++) {
    ratings[row] = reader.read();
    halves[row] = reader.read();
  }
  const ends = column();
  for (let row = 1; row < movies.size; row++) ends[row] = (ends[row] as number) + (ends[row - 1] as number);
  const titles = reader.readText();
  if (titles.length !== (ends.at(-1) ?? 0))
    throw new RangeError('the titles do not have the expected length');

  return {
    movies,
    genres,
    titleOf: (row) => titles.slice(row === 0 ? 0 : ends[row - 1], ends[row]),
    yearOf: (row) => (years[row] === 0 ? null : (years[row] as number) + firstYear - 1),
    genresOf: (row) => named[combinationOf[row] as number] as string[],
    isOfGenre: (row, genre) => has[combinationOf[row] as number]?.has(genre) === true,
    totalsOf: (row) => ({ ratings: ratings[row] as number, halves: halves[row] as number }),
  };
}
