import { readFile } from 'node:fs/promises';
import pl from 'nodejs-polars';
import { OperatorError } from '../lib/errors.ts';
import type { Movie } from '../ratings/movie.ts';
import { isId } from '../ratings/validate.ts';
import { positionOf } from './column-names.ts';

/** The genre flags of u.item, in the order of u.genre (MovieLens 100K). */
const FLAGGED_GENRES = [
  'unknown',
  'Action',
  'Adventure',
  'Animation',
  "Children's",
  'Comedy',
  'Crime',
  'Documentary',
  'Drama',
  'Fantasy',
  'Film-Noir',
  'Horror',
  'Musical',
  'Mystery',
  'Romance',
  'Sci-Fi',
  'Thriller',
  'War',
  'Western',
];
/** Fields of u.item before its flags: id, title, release date, video release date, URL. */
const FLAGS_AT = 5;
const NO_GENRES = '(no genres listed)';

/** The fields of a movie as text. `year` is present only when the source has a column for it. */
interface Row {
  readonly id: string | null;
  readonly title: string | null;
  readonly genres: string | null;
  readonly year?: string | null;
}

/**
 * Reads movies.csv, movies.dat, u.item or movies.parquet; the layout is recognised by content. Text that is not UTF-8
 * is read as Latin-1, which the older MovieLens sets use. Rows without an id are ignored. The last of several rows with
 * the same id counts.
 *
 * @param idOf the id of a movie by its text; null for none. @default whole numbers from 0
 * @throws OperatorError `source-unknown-layout` when the file is none of these.
 */
export async function readMovies(
  file: string,
  idOf: (text: string) => number | null = wholeId,
): Promise<readonly Movie[]> {
  const bytes = await readFile(file);
  const rows =
    bytes.subarray(0, 4).toString('latin1') === 'PAR1' ? parquetRows(file) : textRows(file, decode(bytes));
  const movies = new Map<number, Movie>();
  for (const row of rows) {
    const movie = movieOf(row, idOf);
    if (movie !== null) movies.set(movie.id, movie);
  }
  return [...movies.values()];
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

function textRows(file: string, text: string): readonly Row[] {
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  const first = lines[0];
  if (first === undefined) return [];
  if (/^\d+::/.test(first)) {
    return lines.map((line) => {
      const [id = null, title = null, genres = null] = line.split('::');
      return { id, title, genres };
    });
  }
  if (first.split('|').length >= FLAGS_AT + FLAGGED_GENRES.length) return lines.map(flaggedRow);
  return frameRows(file, pl.readCSV(Buffer.from(text), { inferSchemaLength: 0, truncateRaggedLines: true }));
}

function flaggedRow(line: string): Row {
  const fields = line.split('|');
  const genres = FLAGGED_GENRES.filter((_, flag) => flag > 0 && fields[FLAGS_AT + flag] === '1');
  return { id: fields[0] ?? null, title: fields[1] ?? null, genres: genres.join('|') };
}

function parquetRows(file: string): readonly Row[] {
  return frameRows(file, pl.readParquet(file));
}

function frameRows(file: string, frame: ReturnType<typeof pl.readParquet>): readonly Row[] {
  const names = frame.columns;
  const id = positionOf(names, ['movieid', 'movie', 'itemid', 'item', 'id']);
  const title = positionOf(names, ['title', 'name']);
  if (id < 0 || title < 0) {
    throw new OperatorError(
      'source-unknown-layout',
      `The layout of ${file} is not a known layout of movies. Its columns are ${names.join(', ').slice(0, 120)}.`,
      'Accepted layouts: movies.csv and Parquet with movieId (or movie_id) and title, movies.dat and u.item. ' +
        'Correct the file or move it to another folder: ratings can be read without movies.',
    );
  }
  const text = (position: number): readonly (string | null)[] =>
    frame
      .getColumn(names[position] as string)
      .cast(pl.Utf8)
      .toArray();
  const genres = positionOf(names, ['genres', 'genre']);
  const year = positionOf(names, ['year']);
  const [ids, titles] = [text(id), text(title)];
  const [allGenres, years] = [genres < 0 ? null : text(genres), year < 0 ? null : text(year)];
  return ids.map((each, row) => ({
    id: each,
    title: titles[row] ?? null,
    genres: allGenres?.[row] ?? null,
    ...(years && { year: years[row] ?? null }),
  }));
}

/** `Toy Story (1995)`, or for a series `Death Note (2006–2007)`: the first year counts. */
const TITLE_WITH_YEAR = /^(.*\S)\s*\((\d{4})(?:\s*[–-]\s*(?:\d{4})?)?\)$/;

function wholeId(text: string): number | null {
  const id = Number(text);
  return text.trim() !== '' && isId(id) ? id : null;
}

function movieOf(
  { id: idText, title: fullTitle, genres: genreText, year: ownYear }: Row,
  idOf: (text: string) => number | null,
): Movie | null {
  const id = idText === null ? null : idOf(idText);
  if (id === null) return null;
  const title = (fullTitle ?? '').trim();
  const genres = (genreText ?? '').split('|').filter((genre) => genre !== '' && genre !== NO_GENRES);
  if (ownYear !== undefined) {
    const year = Number(ownYear ?? Number.NaN);
    return { id, title, year: Number.isInteger(year) ? year : null, genres };
  }
  const [, bareTitle, year] = TITLE_WITH_YEAR.exec(title) ?? [];
  return { id, title: bareTitle ?? title, year: year === undefined ? null : Number(year), genres };
}
