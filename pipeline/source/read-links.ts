import { OperatorError } from '../lib/errors.ts';
import type { Movie } from '../ratings/movie.ts';
import { completedLinks, type MovieLinks, readImdbId, readTmdbId } from '../ratings/movie-links.ts';
import { LINK_NAMES } from './column-meanings.ts';
import { positionOf } from './column-names.ts';
import { type NamedTable, readCompanion, textTable, wholeId } from './companion-table.ts';
import { tableRows } from './movie-table.ts';

const MOVIE_SPELLINGS = ['movieid', 'filmid', 'itemid', 'movie', 'film', 'item', 'id'];
/** What is shown of the damaged rows. */
const SHOWN = 3;

export interface ReadLinks {
  /** By movie id. */
  readonly links: ReadonlyMap<number, MovieLinks>;
  /** Rows with a value that is no id; their other values count. */
  readonly damaged: number;
  /** What a person should know, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Reads links.csv of MovieLens (`movieId,imdbId,tmdbId`), or a table with such columns in another order, in another layout
 * or in Parquet. Nothing in it makes a source unreadable: damaged rows are counted, and a file that is no table of links is
 * left out with a note.
 *
 * @param name how messages call the file. @param idOf the id of a movie by its text; null for none, NaN for one nobody knows.
 */
export async function readLinks(
  file: string,
  name: string,
  idOf: (text: string) => number | null = wholeId,
): Promise<ReadLinks> {
  try {
    const companion = await readCompanion(file, 'links', 'Keep its columns of ids.');
    return linksOf(typeof companion === 'string' ? tableOf(companion) : companion, name, idOf);
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw error;
    const problem = error instanceof OperatorError ? error.message : `${name} cannot be read`;
    return { links: new Map(), damaged: 0, notes: [noLinks(problem)] };
  }
}

/** What is said of a file of links that is not used. */
export const noLinks = (problem: string): string => `movies have no links: ${problem.replace(/\.$/, '')}`;

/** A text without a header has the columns of MovieLens. */
function tableOf(text: string): NamedTable {
  const rows = tableRows(text);
  const hasHeader = rows[0]?.some((name) => /\d/.test(name)) !== true;
  return textTable(hasHeader ? rows : [['movieId', 'imdbId', 'tmdbId'], ...rows]);
}

function linksOf(
  { names, length, field }: NamedTable,
  name: string,
  idOf: (text: string) => number | null,
): ReadLinks {
  const movieAt = positionOf(names, MOVIE_SPELLINGS);
  const [imdbAt, tmdbAt] = [positionOf(names, LINK_NAMES.imdb), positionOf(names, LINK_NAMES.tmdb)];
  const links = new Map<number, MovieLinks>();
  if (length > 0 && (movieAt < 0 || (imdbAt < 0 && tmdbAt < 0))) {
    const columns = names.join(', ').slice(0, 120);
    const problem = `${name} has the columns ${columns}, and movieId, imdbId and tmdbId are needed`;
    return { links, damaged: 0, notes: [noLinks(problem)] };
  }
  const damaged: string[] = [];
  let count = 0;
  for (let row = 0; row < length; row++) {
    const values = [movieAt, imdbAt, tmdbAt].map((column) => field(column, row) ?? '') as [
      string,
      string,
      string,
    ];
    const id = idOf(values[0]);
    const [imdb, tmdb] = [readImdbId(values[1]), readTmdbId(values[2])];
    if (id === null || imdb === 'damaged' || tmdb === 'damaged') {
      count++;
      if (damaged.length < SHOWN) damaged.push(`row ${row + 1} (${values.join(',').slice(0, 60)})`);
    }
    if (id === null || Number.isNaN(id)) continue;
    const { links: all } = completedLinks({ imdb: known(imdb), tmdb: known(tmdb) }, links.get(id));
    if (all !== undefined) links.set(id, all);
  }
  const rows = `${count.toLocaleString('en')} of ${length.toLocaleString('en')} rows`;
  const notes = count === 0 ? [] : [`${name} has ${rows} with a damaged id: ${damaged.join(', ')}`];
  return { links, damaged: count, notes };
}

const known = (value: number | null | 'damaged'): number | null => (value === 'damaged' ? null : value);

/**
 * Movies with their links. Links replace what a movie has, but an unknown one replaces nothing. A movie that only its ratings
 * name gets a row without a title; links of other movies are left out.
 *
 * @param rated the movies of all ratings.
 */
export function withLinks(
  movies: readonly Movie[],
  { links }: Pick<ReadLinks, 'links'>,
  rated: Iterable<number>,
): readonly Movie[] {
  const left = new Map(links);
  const linked = movies.map((movie): Movie => {
    left.delete(movie.id);
    return { ...movie, ...completedLinks(links.get(movie.id), movie.links) };
  });
  if (left.size === 0) return linked;
  const untitled = new Map<number, Movie>();
  for (const id of rated) {
    const own = left.get(id);
    if (own !== undefined) untitled.set(id, { id, title: '', year: null, genres: [], links: own });
  }
  return [...linked, ...untitled.values()];
}
