import { OperatorError } from '../lib/errors.ts';
import type { Movie } from '../ratings/movie.ts';
import { completedLinks, linksField, readImdbId, readTmdbId } from '../ratings/movie-links.ts';
import { LINK_NAMES } from './column-meanings.ts';
import { positionOf } from './column-names.ts';
import { type NamedTable, readCompanion, textTable, wholeId } from './companion-table.ts';
import { tableRows } from './movie-table.ts';

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

/** The fields of a movie as text. `year`, `imdb` and `tmdb` are present only when the source has a column for them. */
interface Row {
  readonly id: string | null;
  readonly title: string | null;
  readonly genres: string | null;
  readonly year?: string | null;
  readonly imdb?: string | null;
  readonly tmdb?: string | null;
}

/**
 * Accepted names of each column, in lower case and without punctuation. Of several that a file has, the first one here
 * counts: `movieId` before the `id` of the table itself.
 */
const SPELLINGS = {
  id: ['movieid', 'filmid', 'itemid', 'bookid', 'tmdbid', 'imdbid', 'tconst', 'movie', 'film', 'item', 'id'],
  title: ['title', 'movietitle', 'filmtitle', 'primarytitle', 'originaltitle', 'moviename', 'name'],
  genres: ['genres', 'genre', 'class', 'categories', 'category'],
  year: ['year', 'releaseyear', 'movieyear', 'startyear', 'originalpublicationyear', 'releasedate', 'date'],
} as const;

/**
 * Reads movies.csv, movies.dat, u.item, movies.parquet, or the movie_titles of the Netflix Prize; the layout is recognised
 * by content. Text that is not UTF-8 is read as Windows-1252, which the older MovieLens sets use. Rows without an id are
 * ignored. Of several rows with the same id the last one counts, but an empty field replaces nothing.
 *
 * @param idOf the id of a movie by its text; null for none. @default whole numbers from 0
 * @throws OperatorError `source-unknown-layout` when the file is none of these, `source-unreadable` when it is too large.
 */
export async function readMovies(
  file: string,
  idOf: (text: string) => number | null = wholeId,
): Promise<readonly Movie[]> {
  const companion = await readCompanion(
    file,
    'movies',
    'Keep its columns of ids, titles, years and genres, or move it to another folder: ratings can be read without it.',
  );
  const rows = typeof companion === 'string' ? textRows(file, companion) : namedRows(file, companion);
  const movies = new Map<number, Movie>();
  for (const row of rows) {
    const movie = movieOf(row, idOf);
    if (movie !== null) movies.set(movie.id, completed(movie, movies.get(movie.id)));
  }
  return [...movies.values()];
}

/** The movie with the fields of an earlier row in place of those that it lacks. */
function completed(movie: Movie, earlier: Movie | undefined): Movie {
  if (earlier === undefined) return movie;
  const { id, title, year, genres, links } = movie;
  return {
    id,
    title: title === '' ? earlier.title : title,
    year: year ?? (title === '' || title === earlier.title ? earlier.year : null),
    genres: genres.length === 0 ? earlier.genres : genres,
    ...completedLinks(links, earlier.links),
  };
}

/** A line of the Netflix Prize: id, year, and the title to the end of the line. */
const NETFLIX_LINE = /^(\d+),(\d{4}|NULL),(.*)$/;

function textRows(file: string, text: string): readonly Row[] {
  const first = text.trimStart().split('\n', 1)[0]?.trimEnd() ?? '';
  if (first === '') return [];
  if (NETFLIX_LINE.test(first)) {
    return text.split('\n').map((line) => {
      const [, id = null, year = null, title = null] = NETFLIX_LINE.exec(line.trimEnd()) ?? [];
      return { id, title, genres: null, year };
    });
  }
  const rows = tableRows(text);
  if (/^\d+::/.test(first)) {
    return rows.map(([id = null, title = null, genres = null]) => ({ id, title, genres }));
  }
  if ((rows[0]?.length ?? 0) >= FLAGS_AT + FLAGGED_GENRES.length) return rows.map(flaggedRow);
  return namedRows(file, textTable(rows));
}

function flaggedRow(fields: readonly string[]): Row {
  const genres = FLAGGED_GENRES.filter((_, flag) => flag > 0 && fields[FLAGS_AT + flag] === '1');
  return { id: fields[0] ?? null, title: fields[1] ?? null, genres: genres.join('|') };
}

/** The rows of a table, whose columns are found by their names. RecBole writes the type after the name: `item_id:token`. */
function namedRows(file: string, { names: header, length, field }: NamedTable): readonly Row[] {
  const names = header.map((name) => name.replace(/:[a-z_]+$/, ''));
  const [id, title, genres, year] = (['id', 'title', 'genres', 'year'] as const).map((meaning) =>
    positionOf(names, SPELLINGS[meaning]),
  ) as [number, number, number, number];
  const [imdb, tmdb] = [positionOf(names, LINK_NAMES.imdb), positionOf(names, LINK_NAMES.tmdb)];
  if (id < 0 || title < 0) {
    throw new OperatorError(
      'source-unknown-layout',
      `The layout of ${file} is not a known layout of movies. Its columns are ${header.join(', ').slice(0, 120)}.`,
      'Accepted layouts: movies.csv and Parquet with movieId (or movie_id) and title, movies.dat and u.item. ' +
        'Correct the file or move it to another folder: ratings can be read without movies.',
    );
  }
  return Array.from({ length }, (_, row) => ({
    id: field(id, row),
    title: field(title, row),
    genres: genres < 0 ? null : field(genres, row),
    ...(year >= 0 && { year: field(year, row) }),
    ...(imdb >= 0 && { imdb: field(imdb, row) }),
    ...(tmdb >= 0 && { tmdb: field(tmdb, row) }),
  }));
}

/** `Toy Story (1995)`, or for a series `Death Note (2006–2007)`: the first year counts. */
const TITLE_WITH_YEAR = /^(.*\S)\s*\((\d{4})(?:\s*[–-]\s*(?:\d{4})?)?\)$/;

function movieOf(
  { id: idText, title: fullTitle, genres: genreText, year: ownYear, imdb, tmdb }: Row,
  idOf: (text: string) => number | null,
): Movie | null {
  const id = idText === null ? null : idOf(idText);
  if (id === null) return null;
  // A title is one line.
  const title = (fullTitle ?? '').replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  const [, bareTitle, titleYear] = TITLE_WITH_YEAR.exec(title) ?? [];
  const genres = genresOf(genreText ?? '');
  const columnYear = /^\s*(\d{4})(?!\d)/.exec(ownYear ?? '')?.[1];
  const year = columnYear ?? titleYear;
  const isTwice = titleYear !== undefined && titleYear === year;
  return {
    id,
    title: isTwice ? (bareTitle ?? title) : title,
    year: year === undefined ? null : Number(year),
    genres,
    ...linksField({ imdb: linkOf(readImdbId, imdb), tmdb: linkOf(readTmdbId, tmdb) }),
  };
}

const linkOf = (read: typeof readImdbId, text: string | null | undefined): number | null => {
  const link = read(text ?? '');
  return link === 'damaged' ? null : link;
};

/** Genres as a list of JSON or Python, also of objects with names, or separated by `|`, `;` or commas. */
function genresOf(text: string): readonly string[] {
  const all = text.trim().startsWith('[') ? listedGenres(text) : text.split(separatorOfGenres(text));
  const genres = all.map((genre) => genre.trim()).filter((genre) => genre !== '' && genre !== NO_GENRES);
  return [...new Set(genres)];
}

const separatorOfGenres = (text: string): string =>
  ['|', ';', ','].find((separator) => text.includes(separator)) ?? '|';

const QUOTED_TEXT = /(["'])((?:\\.|(?!\1).)*)\1/g;
const QUOTED_NAME = /["']name["']\s*:\s*(["'])((?:\\.|(?!\1).)*)\1/g;

function listedGenres(text: string): readonly string[] {
  const names = [...text.matchAll(QUOTED_NAME)];
  const found = names.length > 0 || text.includes('{') ? names : [...text.matchAll(QUOTED_TEXT)];
  return found.map(([, , genre = '']) => genre.replaceAll(/\\(.)/g, '$1'));
}
