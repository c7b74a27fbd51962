import { isId } from '../ratings/validate.ts';
import { locateSource, unreadable } from './locate.ts';
import { readMovies } from './read-movies.ts';
import { readTextIds, type TextColumn, type TextIds } from './read-ratings.ts';
import { readSource, type Source, type SourceOptions } from './read-source.ts';

/** Sources that are compared, with one numbering of their ids. */
export interface ComparedSources {
  /** The caller may take them out one by one, so that no more than one is kept. */
  readonly sources: Source[];
  /** What the sources call a user and a movie. */
  readonly userName: (userId: number) => string;
  readonly movieName: (movieId: number) => string;
}

/**
 * Reads several sources whose ids can be of any kind. Whole numbers from 0 stay as they are. When any id of any source is
 * something else, all ids are numbered from 1 in the order of their texts, so that the order of rows and files changes
 * nothing, and the numbers are those of all sources.
 *
 * @throws OperatorError `source-unreadable`, `source-unknown-layout`, `usage`.
 */
export async function readComparedSources(
  paths: readonly string[],
  options: SourceOptions,
): Promise<ComparedSources> {
  const sources: Source[] = [];
  for (const path of paths) sources.push(await readSource(path, options));
  if (sources.every(({ raw }) => raw.userIds.every(isId) && raw.movieIds.every(isId))) {
    return { sources, userName: String, movieName: String };
  }
  const texts: TextIds[] = [];
  for (const path of paths) texts.push(await textIds(path, options));
  const users = numbering(texts.map((ids) => ids.users));
  const movies = numbering(texts.map((ids) => ids.movies));
  const numbered: Source[] = [];
  for (const [index, source] of sources.entries()) {
    const { length } = source.raw;
    const ids = texts[index] as TextIds;
    numbered.push({
      ...source,
      raw: {
        ...source.raw,
        userIds: idsOf(ids.users, users).subarray(0, length),
        movieIds: idsOf(ids.movies, movies).subarray(0, length),
      },
      movies: await numberedMovies(paths[index] as string, options, movies.idOf),
    });
  }
  return { sources: numbered, userName: users.nameOf, movieName: movies.nameOf };
}

async function textIds(path: string, options: SourceOptions): Promise<TextIds> {
  const { ratingsFile, shape } = await locateSource(path, options);
  try {
    return await readTextIds(ratingsFile, shape);
  } catch (error) {
    throw unreadable(ratingsFile, error);
  }
}

async function numberedMovies(
  path: string,
  options: SourceOptions,
  idOf: (text: string | null) => number,
): Promise<Source['movies']> {
  const { moviesFile } = await locateSource(path, options);
  if (moviesFile === null) return [];
  return readMovies(moviesFile, (text) => {
    const id = idOf(text);
    return Number.isNaN(id) ? null : id;
  });
}

interface Numbering {
  /** NaN for a missing id, or one that no source has. */
  readonly idOf: (text: string | null) => number;
  readonly nameOf: (id: number) => string;
}

/** Numbers texts from 1: numbers by size, then the others in the order of their characters. */
function numbering(columns: readonly TextColumn[]): Numbering {
  const distinct = new Set<string>();
  for (const { texts } of columns) {
    for (const text of texts) if (!isMissing(text)) distinct.add(canonical(text));
  }
  const names = [...distinct].sort(
    (a, b) => Number(isText(a)) - Number(isText(b)) || Number(a) - Number(b) || (a < b ? -1 : 1),
  );
  const ids = new Map(names.map((name, index) => [name, index + 1]));
  return {
    idOf: (text) => (isMissing(text) ? Number.NaN : (ids.get(canonical(text)) ?? Number.NaN)),
    nameOf: (id) => names[id - 1] ?? String(id),
  };
}

/** The number of every row. */
function idsOf({ texts, codes }: TextColumn, { idOf }: Numbering): Float64Array {
  const ids = Float64Array.from(texts, idOf);
  return Float64Array.from(codes, (code) => ids[code] as number);
}

const isMissing = (text: string | null): text is null =>
  text === null || /^(|nan|null|none|na|n\/a)$/i.test(text);

const isText = (name: string): boolean => Number.isNaN(Number(name));

/** Tables of floating-point numbers write 12 as `12.0`. */
const canonical = (text: string): string => text.trim().replace(/^(\d+)\.0+$/, '$1');
