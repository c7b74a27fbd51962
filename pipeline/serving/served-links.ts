import { once } from '../lib/once.ts';
import { VarintReader, VarintWriter } from '../lib/varint.ts';
import type { MovieLinks } from '../ratings/movie-links.ts';

/** A catalogue that has numbers of its own for movies. */
export type OtherCatalogue = keyof MovieLinks;

/** The links of the movies in the catalogue. */
export interface ServedLinks {
  linksOf(row: number): MovieLinks;
  /** The row of the movie with a number in another catalogue, of several the first; −1 for none. */
  rowOf(catalogue: OtherCatalogue, number: number): number;
}

const FORMAT = 1;

/** Encodes the links of each movie of the catalogue, in its order: seven bytes a movie, and two for one without links. */
export function encodeLinks(movies: readonly { readonly links?: MovieLinks }[]): Uint8Array {
  const writer = new VarintWriter();
  writer.write(FORMAT);
  for (const { links } of movies) {
    writer.write(links?.imdb ?? 0);
    writer.write(links?.tmdb ?? 0);
  }
  return writer.finish();
}

/**
 * @param movies of the catalogue they were encoded with, their number.
 * @throws RangeError when the bytes are not encoded links.
 */
export function decodeLinks(bytes: Uint8Array, movies: number): ServedLinks {
  const reader = new VarintReader(bytes);
  const format = reader.read();
  if (format !== FORMAT)
    throw new RangeError(`the links have format ${format}, this version reads ${FORMAT}`);
  const columns = { imdb: new Uint32Array(movies), tmdb: new Uint32Array(movies) };
  for (let row = 0; row < movies; row++) {
    columns.imdb[row] = reader.read();
    columns.tmdb[row] = reader.read();
  }
  if (reader.position !== bytes.length) throw new RangeError('the links do not have the expected length');
  const rows = { imdb: rowsOf(columns.imdb), tmdb: rowsOf(columns.tmdb) };
  return {
    linksOf: (row) => ({ imdb: columns.imdb[row] || null, tmdb: columns.tmdb[row] || null }),
    rowOf: (catalogue, number) => rows[catalogue]().get(number) ?? -1,
  };
}

/** The row of each number, made at the first question. */
function rowsOf(numbers: Uint32Array): () => ReadonlyMap<number, number> {
  return once(() => {
    const rows = new Map<number, number>();
    for (const [row, number] of numbers.entries()) if (number > 0 && !rows.has(number)) rows.set(number, row);
    return rows;
  });
}
