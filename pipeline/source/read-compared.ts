import { isId } from '../ratings/validate.ts';
import { withSourceFiles } from './locate.ts';
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
  for (const [index, path] of paths.entries()) {
    texts.push(await textIds(path, options, sources[index] as Source));
  }
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

function textIds(path: string, options: SourceOptions, { raw }: Source): Promise<TextIds> {
  return withSourceFiles(path, options, async ({ parts }) => {
    const all: TextIds[] = [];
    for (const { file, shape } of parts) all.push(await readTextIds(file, shape));
    const starts = raw.parts?.map(({ from }) => from) ?? [0];
    const lengths = starts.map((from, index) => (starts[index + 1] ?? raw.length) - from);
    return {
      users: joinTexts(
        all.map(({ users }) => users),
        lengths,
      ),
      movies: joinTexts(
        all.map(({ movies }) => movies),
        lengths,
      ),
    };
  });
}

/** The columns of several parts as one, without the blank rows after each. */
function joinTexts(columns: readonly TextColumn[], lengths: readonly number[]): TextColumn {
  const codes = new Uint32Array(lengths.reduce((sum, length) => sum + length, 0));
  const texts: string[] = [];
  let at = 0;
  for (const [index, column] of columns.entries()) {
    const first = texts.length;
    const rows = column.codes.subarray(0, lengths[index]);
    codes.set(
      rows.map((code) => code + first),
      at,
    );
    at += rows.length;
    for (const text of column.texts) texts.push(text);
  }
  return { texts, codes };
}

function numberedMovies(
  path: string,
  options: SourceOptions,
  idOf: (text: string | null) => number,
): Promise<Source['movies']> {
  return withSourceFiles(path, options, async ({ movies }) => {
    if (movies === null) return [];
    return readMovies(movies.file, (text) => {
      const id = idOf(text);
      return Number.isNaN(id) ? null : id;
    });
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
