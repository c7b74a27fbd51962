import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { OnProgress } from '../lib/progress.ts';
import type { Movie } from '../ratings/movie.ts';
import type { RawRatings } from '../ratings/raw.ts';
import type { Layout, ReadingOptions } from './layout.ts';
import { locateSource, unreadable } from './locate.ts';
import { readMovies } from './read-movies.ts';
import { readRatings } from './read-ratings.ts';

/** The content of a file or folder of ratings. */
export interface Source {
  /** Name of the file or folder. */
  readonly name: string;
  readonly layout: Layout;
  /** Whether ratings have a time. It is required unless the caller accepts ratings without one. */
  readonly hasTimes: boolean;
  readonly raw: RawRatings;
  /** Empty when there is no movies file. */
  readonly movies: readonly Movie[];
}

export interface SourceOptions extends ReadingOptions {
  readonly onProgress?: OnProgress | undefined;
}

/**
 * The SHA-256 of the ratings file of a source followed by its movies file, 64 hex digits. Nothing is parsed: this is
 * how ingested sources are recognised quickly.
 *
 * @throws OperatorError `source-unreadable`, `source-unknown-layout`.
 */
export async function digestSource(
  path: string,
  { onProgress }: Pick<SourceOptions, 'onProgress'> = {},
): Promise<string> {
  const { ratingsFile, moviesFile } = await locateSource(path);
  return digestFiles([ratingsFile, moviesFile], onProgress);
}

/**
 * Reads ratings, and movies if there are any, from a file or folder in one of the layouts of data/README.md. Nothing is
 * validated here: every line is a row of `raw`, and damaged values are NaN.
 *
 * @throws OperatorError `source-unreadable`, `source-unknown-layout`.
 */
export async function readSource(path: string, options: SourceOptions = {}): Promise<Source> {
  const { onProgress } = options;
  const { name, ratingsFile, moviesFile, shape } = await locateSource(path, options);
  const stage = 'reading ratings';
  onProgress?.({ stage, done: 0, total: null, unit: 'ratings' });
  try {
    const raw = await readRatings(ratingsFile, shape);
    onProgress?.({ stage, done: raw.length, total: raw.length, unit: 'ratings' });
    const movies = await moviesOf(moviesFile);
    return { name, layout: shape.layout, hasTimes: shape.columns.time !== null, raw, movies };
  } catch (error) {
    throw unreadable(ratingsFile, error);
  }
}

async function moviesOf(file: string | null): Promise<readonly Movie[]> {
  try {
    return file === null ? [] : await readMovies(file);
  } catch (error) {
    throw unreadable(file ?? '', error);
  }
}

async function digestFiles(
  files: readonly (string | null)[],
  onProgress: OnProgress | undefined,
): Promise<string> {
  const hash = createHash('sha256');
  let done = 0;
  for (const file of files) {
    if (file === null) continue;
    try {
      const total = done + (await stat(file)).size;
      for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
        hash.update(chunk as Buffer);
        done += (chunk as Buffer).length;
        onProgress?.({ stage: 'checking the source', done, total, unit: 'bytes' });
      }
    } catch (error) {
      throw unreadable(file, error);
    }
  }
  return hash.digest('hex');
}
