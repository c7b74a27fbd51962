import { VarintReader, VarintWriter } from '../lib/varint.ts';
import { type Vocabulary, vocabularyOfSorted } from '../ratings/vocabulary.ts';

/** The file of a model package with the neighbours. Packages of earlier releases have none. */
export const NEIGHBOURS_FILE = 'neighbours.bin';

/** A movie that is similar to another. */
export interface Neighbour {
  readonly movieId: number;
  /** Above 0 and at most 1. */
  readonly similarity: number;
  /** Whether the titles look like parts of one series. */
  readonly isSeries: boolean;
}

/** The most similar movies of each movie, worked out beforehand. */
export interface Neighbours {
  readonly movies: Vocabulary;
  /** Most similar first; empty for a movie without any. */
  of(movieId: number): readonly Neighbour[];
  /** The same as rows of `movies`, ascending, with their similarities: faster than a list. Do not write to it. */
  rowsOf(movieId: number): NeighbourRows;
}

/** The neighbours of one movie, as rows of the vocabulary of all. */
export interface NeighbourRows {
  readonly rows: Int32Array;
  readonly similarities: Float32Array;
}

/** The neighbours of the movie at each row of `movies`. All of them must be in `movies`. */
export interface NeighbourLists {
  readonly movies: Vocabulary;
  readonly listOf: (row: number) => readonly Neighbour[];
}

const FORMAT = 1;
/** Levels of a similarity, as a part of the largest of the list. */
const LEVELS = 127;
/** Levels of the largest similarity of a list. */
const FINE_LEVELS = 16_383;
const SERIES_BIT = 128;

/**
 * Encodes neighbours in about three bytes each: their rows as differences, their similarities as a part of the largest
 * in seven bits, and whether they are of the same series.
 */
export function encodeNeighbours({ movies, listOf }: NeighbourLists): Uint8Array {
  const sizes = new VarintWriter();
  const lists = new VarintWriter();
  for (let row = 0; row < movies.size; row++) {
    const list = listOf(row).toSorted((a, b) => a.movieId - b.movieId);
    const before = lists.position;
    if (list.length > 0) {
      const largest = Math.max(...list.map(({ similarity }) => similarity));
      lists.write(Math.max(1, Math.round(largest * FINE_LEVELS)));
      lists.writeAscending(list.map(({ movieId }) => movies.rowOf(movieId)));
      const levelOf = ({ similarity, isSeries }: Neighbour): number =>
        Math.max(1, Math.round((similarity / largest) * LEVELS)) + (isSeries ? SERIES_BIT : 0);
      lists.writeBytes(Uint8Array.from(list, levelOf));
    }
    sizes.write(lists.position - before);
  }
  const writer = new VarintWriter();
  writer.write(FORMAT);
  writer.writeAscending(movies.ids);
  writer.writeBytes(sizes.finish());
  writer.writeBytes(lists.finish());
  return writer.finish();
}

const NO_ROWS: NeighbourRows = { rows: new Int32Array(0), similarities: new Float32Array(0) };

/**
 * Opens encoded neighbours. A list is decoded when it is asked for.
 *
 * @throws RangeError when the bytes are not encoded neighbours.
 */
export function decodeNeighbours(bytes: Uint8Array): Neighbours {
  const reader = new VarintReader(bytes);
  const format = reader.read();
  if (format !== FORMAT)
    throw new RangeError(`the neighbours have format ${format}, this version reads ${FORMAT}`);
  const movies = vocabularyOfSorted(reader.readAscending());
  const starts = new Float64Array(movies.size + 1);
  for (let row = 0; row < movies.size; row++) starts[row + 1] = (starts[row] as number) + reader.read();
  const first = reader.position;
  if (first + (starts[movies.size] as number) !== bytes.length) {
    throw new RangeError('the neighbours do not have the expected length');
  }
  /** Lists that were asked for, by row. */
  const decoded: NeighbourRows[] = [];
  const decode = (row: number): NeighbourRows => {
    if (starts[row] === starts[row + 1]) return NO_ROWS;
    const list = new VarintReader(bytes, first + (starts[row] as number));
    const unit = list.read() / FINE_LEVELS / LEVELS;
    const rows = list.readAscending();
    const from = list.position;
    return {
      rows,
      similarities: Float32Array.from(rows, (_, at) => ((bytes[from + at] as number) & LEVELS) * unit),
    };
  };
  return {
    movies,
    rowsOf(movieId) {
      const row = movies.rowOf(movieId);
      if (row < 0) return NO_ROWS;
      decoded[row] ??= decode(row);
      return decoded[row];
    },
    of(movieId) {
      const row = movies.rowOf(movieId);
      if (row < 0 || starts[row] === starts[row + 1]) return [];
      const list = new VarintReader(bytes, first + (starts[row] as number));
      const largest = list.read() / FINE_LEVELS;
      const rows = list.readAscending();
      const levels = bytes.subarray(list.position, list.position + rows.length);
      return Array.from(rows, (other, at) => ({
        movieId: movies.ids[other] as number,
        similarity: (((levels[at] as number) & LEVELS) / LEVELS) * largest,
        isSeries: ((levels[at] as number) & SERIES_BIT) !== 0,
      })).sort((a, b) => b.similarity - a.similarity);
    },
  };
}

/** The same neighbours without some movies. @param keeps whether a movie stays. */
export function neighboursAmong(bytes: Uint8Array, keeps: (movieId: number) => boolean): Uint8Array {
  const all = decodeNeighbours(bytes);
  const movies = vocabularyOfSorted(all.movies.ids.filter(keeps));
  return encodeNeighbours({
    movies,
    listOf: (row) => all.of(movies.ids[row] as number).filter(({ movieId }) => keeps(movieId)),
  });
}

/**
 * The movies most similar to several, by the sum of their similarities divided by the number of given movies. A given
 * movie is not in the list.
 */
export function neighboursOfAll(neighbours: Neighbours, movieIds: readonly number[]): readonly Neighbour[] {
  const given = new Set(movieIds);
  const sums = new Map<number, Neighbour>();
  for (const movieId of given) {
    for (const { movieId: other, similarity, isSeries } of neighbours.of(movieId)) {
      if (given.has(other)) continue;
      const before = sums.get(other);
      sums.set(other, {
        movieId: other,
        similarity: (before?.similarity ?? 0) + similarity / given.size,
        isSeries: isSeries || before?.isSeries === true,
      });
    }
  }
  return [...sums.values()].sort((a, b) => b.similarity - a.similarity || a.movieId - b.movieId);
}
