import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { OperatorError } from '../lib/errors.ts';
import type { OnProgress } from '../lib/progress.ts';
import {
  parseScale,
  type RatingScale,
  SCALE_SPELLINGS,
  starsOfWord,
  starsOnRange,
} from '../lib/rating-scale.ts';
import type { Movie } from '../ratings/movie.ts';
import type { RawRatings, WrittenRow } from '../ratings/raw.ts';
import { type RatingValues, ratingValues, type Suspicion, suspectScale } from '../ratings/suspicions.ts';
import { type FileStamp, requireUnchanged } from './containers/stamps.ts';
import type { Layout, RatingsShape } from './layout.ts';
import {
  type LocateOptions,
  type RatingsPart,
  type SourceFiles,
  unreadable,
  withSourceFiles,
} from './locate.ts';
import type { ReadTimes } from './polars-columns.ts';
import { noLinks, readLinks, withLinks } from './read-links.ts';
import { readMovies } from './read-movies.ts';
import { readRatings, readWritten } from './read-ratings.ts';
import { listed } from './source-names.ts';
import {
  type IdReading,
  type Numbering,
  namedRatings,
  numbering,
  readTexts,
  textsUnlessNumbers,
} from './text-ids.ts';

/** The content of a file or folder of ratings. */
export interface Source {
  /** Name of the file or folder. */
  readonly name: string;
  readonly layout: Layout;
  /** Whether ratings have a time. It is required unless the caller accepts ratings without one. */
  readonly hasTimes: boolean;
  /** Ratings in stars, by the scale if one was stated. */
  readonly raw: RawRatings;
  /** The scale that was stated, or null. */
  readonly scale: RatingScale | null;
  /** The ratings as they are written. */
  readonly values: RatingValues;
  /** What the ratings seem to be, when they are no stars and no scale was stated. */
  readonly suspicion: Suspicion | null;
  /** How times are written. */
  readonly times: ReadTimes['times'];
  /** The files, for a description. */
  readonly files: {
    /** The layout of the first file of ratings. */
    readonly shape: RatingsShape;
    /** What was done to it before it could be read, such as `gzip`; empty when nothing was. */
    readonly converted: string;
    /** The file of movies; null without one. */
    readonly movies: string | null;
    /** The file of links, and its rows with a damaged id; null without one. */
    readonly links: { readonly file: string; readonly damaged: number } | null;
    /** Bytes of all files. */
    readonly bytes: number;
  };
  /** Empty when there is neither a file of movies nor one of links. With names, ids are positions in `raw.names.movies`. */
  readonly movies: readonly Movie[];
  /** What a person should know about the files: which are not used, and what is missing. A sentence each. */
  readonly notes: readonly string[];
}

export interface SourceOptions extends LocateOptions {
  /** How ratings are written, as `parseScale` reads it. @default stars from 0.5 to 5 by halves */
  readonly scale?: string | null | undefined;
  /** The files of an earlier `identifySource`, which must be the same still. */
  readonly unchanged?: readonly FileStamp[] | undefined;
  /** @default auto */
  readonly ids?: IdReading | undefined;
}

/** A source by its bytes. */
export interface SourceIdentity {
  /** As `digestSource`. */
  readonly sha256: string;
  /** The files that were digested, so that `readSource` can refuse others. */
  readonly files: readonly FileStamp[];
}

/**
 * The SHA-256 of the ratings file of a source followed by its files of movies and links, 64 hex digits. Nothing is parsed: this is
 * how ingested sources are recognised quickly.
 *
 * @throws OperatorError `source-unreadable`, `source-unknown-layout`.
 */
export async function digestSource(path: string, options: SourceOptions = {}): Promise<string> {
  return (await identifySource(path, options)).sha256;
}

/**
 * The digest of `digestSource`, and the files that it is of.
 *
 * @throws OperatorError as `digestSource`, also when a file changes while it is read.
 */
export function identifySource(path: string, options: SourceOptions = {}): Promise<SourceIdentity> {
  return withSourceFiles(path, { ...options, acceptsUnknown: true }, async ({ originals }) => ({
    sha256: await digestFiles(originals, options.onProgress),
    files: originals,
  }));
}

/**
 * Reads ratings, and movies with their links if there are any, from a file or folder in one of the layouts of data/README.md. Nothing is
 * validated here: every line is a row of `raw`, and damaged values are NaN. Where ids are texts, `raw.names` has them.
 *
 * @throws OperatorError `source-unreadable`, `source-unknown-layout`.
 */
export function readSource(path: string, options: SourceOptions = {}): Promise<Source> {
  return withSourceFiles(path, options, async (files) => {
    if (options.unchanged !== undefined) await requireUnchanged(options.unchanged);
    const { onProgress } = options;
    const { name, parts, movies } = files;
    const stage = 'reading ratings';
    onProgress?.({ stage, done: 0, total: null, unit: 'ratings' });
    const scale = statedScale(options.scale ?? null);
    const { values, suspicion, times, isComplete, ...read } = await readParts(parts, scale, path);
    const { raw, movieIds } = await identified(parts, read.raw, options.ids);
    const titled = await moviesOf(movies?.file ?? null, movies?.name ?? '', movieIds?.add);
    const linked = await linkedMovies(titled, files, raw, movieIds?.idOf);
    const written = isComplete ? new Map() : await writtenRows(parts, raw, path);
    onProgress?.({ stage, done: raw.length, total: raw.length, unit: 'ratings' });
    const shapes = parts.map(({ shape }) => shape);
    return {
      name,
      layout: (shapes[0] as (typeof shapes)[number]).layout,
      hasTimes: shapes.every(({ columns }) => columns.time !== null),
      raw: { ...raw, written },
      scale,
      values,
      suspicion,
      times,
      files: {
        shape: shapes[0] as RatingsShape,
        converted: parts[0]?.converted ?? '',
        movies: movies?.name ?? null,
        links: linked.links,
        bytes: files.originals.reduce((sum, { bytes }) => sum + Number(bytes), 0),
      },
      movies: linked.movies,
      notes: [...notesOf(files), ...linked.notes],
    };
  });
}

/** @throws OperatorError `usage` for a text that is no scale. */
function statedScale(text: string | null): RatingScale | null {
  if (text === null) return null;
  const scale = parseScale(text);
  if (scale !== null) return scale;
  throw new OperatorError('usage', `"${text}" is no scale of ratings.`, `Give ${SCALE_SPELLINGS}.`);
}

/** So many rows with values that were not understood are read again, to show what is written there. */
const SHOWN_ROWS = 1_000;

async function readParts(
  parts: readonly RatingsPart[],
  scale: RatingScale | null,
  path: string,
): Promise<Pick<Source, 'raw' | 'times' | 'values' | 'suspicion'> & Pick<ReadTimes, 'isComplete'>> {
  const ratingOf =
    scale?.kind === 'words' ? (text: string): number => starsOfWord(scale.stars, text) : undefined;
  const raws: (RawRatings & ReadTimes)[] = [];
  for (const part of parts)
    raws.push(await naming(part, parts, path, () => readRatings(part.file, part.shape, { ratingOf })));
  const { stars, ...raw } = joinRatings(
    raws,
    parts.map((part) => part.name),
  );
  const values = ratingValues({ stars });
  const suspicion = scale === null ? suspectScale(values, stars) : null;
  return {
    raw: {
      ...raw,
      stars: scale?.kind === 'range' ? stars.map((value) => starsOnRange(value, scale)) : stars,
    },
    times: raws[0]?.times ?? 'none',
    isComplete: scale === null && raws.every((each) => each.isComplete),
    values,
    suspicion,
  };
}

/** The first rows with values that were not understood, as they are written. */
async function writtenRows(
  parts: readonly RatingsPart[],
  raw: RawRatings,
  path: string,
): Promise<ReadonlyMap<number, WrittenRow>> {
  const rows = notUnderstood(raw, parts[0]?.shape.columns.time !== null);
  const written = new Map<number, WrittenRow>();
  for (const [index, part] of parts.entries()) {
    const from = raw.parts?.[index]?.from ?? 0;
    const to = raw.parts?.[index + 1]?.from ?? raw.length;
    const own = rows.filter((row) => row >= from && row < to).map((row) => row - from);
    if (own.length === 0) continue;
    const again = await naming(part, parts, path, () => readWritten(part.file, part.shape, own));
    for (const [row, values] of again) written.set(from + row, values);
  }
  return written;
}

/** Runs `read`; an error names the part, or the source when it is the only one. */
async function naming<T>(
  part: RatingsPart,
  parts: readonly RatingsPart[],
  path: string,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw unreadable(parts.length === 1 ? path : part.name, error);
  }
}

/** The first rows with a value that is missing or no number. */
function notUnderstood(
  { userIds, movieIds, stars, timestamps, length }: RawRatings,
  hasTimes: boolean,
): readonly number[] {
  const rows: number[] = [];
  for (let row = 0; row < length && rows.length < SHOWN_ROWS; row++) {
    const sum =
      (userIds[row] as number) +
      (movieIds[row] as number) +
      (stars[row] as number) +
      (hasTimes ? (timestamps[row] as number) : 0);
    if (Number.isNaN(sum)) rows.push(row);
  }
  return rows;
}

/** Joins the parts of a table. Rows are numbered over all of them; a rejected row also names its part. */
function joinRatings(raws: readonly RawRatings[], names: readonly string[]): RawRatings {
  const [only] = raws;
  if (only !== undefined && raws.length === 1) return only;
  const length = raws.reduce((sum, raw) => sum + raw.length, 0);
  const joined = (column: (raw: RawRatings) => Float64Array): Float64Array => {
    const all = new Float64Array(length);
    let at = 0;
    for (const raw of raws) {
      all.set(column(raw), at);
      at += raw.length;
    }
    return all;
  };
  let from = 0;
  const parts = raws.map(({ length: rows, firstRowNumber }, index) => {
    const part = { name: names[index] as string, from, firstRowNumber };
    from += rows;
    return part;
  });
  const unreadable = raws.flatMap((raw, index) =>
    (raw.unreadable ?? []).map((row) => row + (parts[index]?.from ?? 0)),
  );
  return {
    length,
    userIds: joined((raw) => raw.userIds),
    movieIds: joined((raw) => raw.movieIds),
    stars: joined((raw) => raw.stars),
    timestamps: joined((raw) => raw.timestamps),
    firstRowNumber: 1,
    parts,
    unreadable,
  };
}

function notesOf({ parts, movies, unused, moviesLike }: SourceFiles): readonly string[] {
  const notes: string[] = parts.flatMap((part) => part.notes);
  if (parts.length > 1)
    notes.push(`${parts.length} files are read as one: ${listed(parts.map(({ name }) => name))}`);
  if (unused.length > 0) notes.push(`not used: ${listed(unused)}`);
  if (movies === null) {
    const [like] = moviesLike;
    notes.push(
      like === undefined
        ? 'there is no file of movies beside the ratings, so movies have no titles'
        : `there is no file of movies beside the ratings; ${listed(moviesLike)} may be one: name it movies.csv`,
    );
  }
  return notes;
}

/** The ratings with their names where the ids are texts, and the numbering of the movies. */
async function identified(
  parts: SourceFiles['parts'],
  numbers: RawRatings,
  ids: IdReading = 'auto',
): Promise<{ readonly raw: RawRatings; readonly movieIds?: Numbering }> {
  if (ids === 'numbers') return { raw: numbers };
  const texts = ids === 'text' ? await readTexts(parts, numbers) : await textsUnlessNumbers(parts, numbers);
  if (texts === null) return { raw: numbers };
  const movies = numbering([texts.movies]);
  return {
    raw: namedRatings(numbers, texts, { users: numbering([texts.users]), movies }),
    movieIds: movies,
  };
}

async function moviesOf(
  file: string | null,
  name: string,
  idOf: ((text: string) => number | null) | undefined,
): Promise<readonly Movie[]> {
  try {
    return file === null ? [] : await readMovies(file, idOf);
  } catch (error) {
    throw unreadable(name, error);
  }
}

async function linkedMovies(
  movies: readonly Movie[],
  { links }: Pick<SourceFiles, 'links'>,
  { movieIds }: Pick<RawRatings, 'movieIds'>,
  idOf: ((text: string) => number) | undefined,
): Promise<Pick<Source, 'movies' | 'notes'> & Pick<Source['files'], 'links'>> {
  if (links === null) return { movies, links: null, notes: [] };
  if (links.problem !== null) return { movies, links: null, notes: [noLinks(links.problem)] };
  const file = basename(links.name);
  const { damaged, notes, ...read } = await readLinks(links.file, file, idOf);
  return { movies: withLinks(movies, read, movieIds), links: { file, damaged }, notes };
}

async function digestFiles(files: readonly FileStamp[], onProgress: OnProgress | undefined): Promise<string> {
  const hash = createHash('sha256');
  const total = files.reduce((sum, { bytes }) => sum + Number(bytes), 0);
  let done = 0;
  for (const { path } of files) {
    try {
      for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
        hash.update(chunk as Buffer);
        done += (chunk as Buffer).length;
        onProgress?.({ stage: 'checking the source', done, total, unit: 'bytes' });
      }
    } catch (error) {
      throw unreadable(path, error);
    }
  }
  return hash.digest('hex');
}
