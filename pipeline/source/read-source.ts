import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { OnProgress } from '../lib/progress.ts';
import type { Movie } from '../ratings/movie.ts';
import type { RawRatings } from '../ratings/raw.ts';
import type { Layout } from './layout.ts';
import { locateSource, unreadable } from './locate.ts';
import { readMovies } from './read-movies.ts';
import { readRatings } from './read-ratings.ts';

/** Which content a source has, without having parsed it. */
export interface SourceDigest {
  /** The file's or folder's own name. */
  readonly name: string;
  /** Of the bytes of the ratings file followed by those of the movies file; 64 hex digits. */
  readonly sha256: string;
  readonly ratingsFile: string;
  /** null where there are no movies beside the ratings. */
  readonly moviesFile: string | null;
}

/** What a file or folder of ratings holds. */
export interface Source extends SourceDigest {
  readonly layout: Layout;
  readonly raw: RawRatings;
  /** Empty where there are no movies beside the ratings. */
  readonly movies: readonly Movie[];
}

interface DigestOptions {
  readonly onProgress?: OnProgress;
}

interface ReadOptions extends DigestOptions {
  /** What `digestSource` said of the same path a moment ago, so that it is not computed twice. */
  readonly sha256?: string;
}

/**
 * Recognises a source by its content without parsing it, so that one that was read before is known at the
 * speed of the disk.
 *
 * @throws OperatorError `source-unreadable`, `source-unknown-layout`.
 */
export async function digestSource(path: string, { onProgress }: DigestOptions = {}): Promise<SourceDigest> {
  const { name, ratingsFile, moviesFile } = await locateSource(path);
  const sha256 = await digestFiles([ratingsFile, moviesFile], onProgress);
  return { name, sha256, ratingsFile, moviesFile };
}

/**
 * Reads ratings, and movies where there are any, from a file or folder in any layout data/README.md lists.
 * Nothing is judged here: every line of the file is a row of `raw`, damaged ones with NaN.
 *
 * @throws OperatorError `source-unreadable`, `source-unknown-layout`.
 */
export async function readSource(path: string, options: ReadOptions = {}): Promise<Source> {
  const { onProgress } = options;
  const { name, ratingsFile, moviesFile, shape } = await locateSource(path);
  const sha256 = options.sha256 ?? (await digestFiles([ratingsFile, moviesFile], onProgress));
  const stage = 'reading ratings';
  onProgress?.({ stage, done: 0, total: null, unit: 'ratings' });
  try {
    const raw = await readRatings(ratingsFile, shape);
    onProgress?.({ stage, done: raw.length, total: raw.length, unit: 'ratings' });
    const movies = moviesFile === null ? [] : await readMovies(moviesFile);
    return { name, layout: shape.layout, raw, movies, sha256, ratingsFile, moviesFile };
  } catch (error) {
    throw unreadable(ratingsFile, error);
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
