import { join } from 'node:path';
import type { OnProgress } from '../lib/progress.ts';
import type { Movie } from '../ratings/movie.ts';
import type { Ratings } from '../ratings/ratings.ts';
import type { Reject } from '../ratings/raw.ts';
import { validateRatings } from '../ratings/validate.ts';
import { type DatasetName, downloadDataset } from './download.ts';
import { readSource } from './read-source.ts';
import { generateRatings } from './synthetic.ts';
import { SYNTHETIC_SIZE, syntheticWeeks } from './synthetic-weeks.ts';

/** What the work with whole data sets needs from outside. */
export interface DatasetOptions {
  /** Folder for downloads and prepared files, which are found there again. */
  readonly dataDirectory: string;
  /** The present; ratings from after it are left out. */
  readonly now: Date;
  readonly onProgress: OnProgress;
  /** @default the global fetch */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Where MovieLens is downloaded from. @default GroupLens */
  readonly datasetsUrl?: string | undefined;
}

export interface LoadedDataset {
  readonly ratings: Ratings;
  readonly movies: readonly Movie[];
  /** Rows that were read, and those of them that cannot be used. */
  readonly read: number;
  readonly rejects: readonly Reject[];
}

/** Invents ratings of the demo's size, in which drift begins in the last but one of `weeks`. */
export function inventDataset(invented: {
  readonly weeks: number;
  readonly seed: number;
  /** 1 for the strength of the demo, 0 for none. */
  readonly drift: number;
}): LoadedDataset {
  const { ratings, movies } = generateRatings(syntheticWeeks({ ...SYNTHETIC_SIZE, ...invented }));
  return { ratings, movies, read: ratings.length, rejects: [] };
}

/**
 * Downloads a data set of GroupLens, unless it is there, and reads it.
 *
 * @throws OperatorError `download-failed`, `source-unreadable`.
 */
export async function downloadedDataset(name: DatasetName, options: DatasetOptions): Promise<LoadedDataset> {
  const { dataDirectory, onProgress, fetch, datasetsUrl } = options;
  const folder = await downloadDataset(name, join(dataDirectory, 'datasets'), {
    onProgress,
    ...(fetch && { fetch }),
    ...(datasetsUrl !== undefined && { baseUrl: datasetsUrl }),
  });
  return readDataset(folder, options);
}

/**
 * Reads the ratings of a file or folder and its movies, and tells the usable from the rest.
 *
 * @throws OperatorError `source-unreadable`, `source-unknown-layout`.
 */
export async function readDataset(
  path: string,
  { now, onProgress }: Pick<DatasetOptions, 'now' | 'onProgress'>,
): Promise<LoadedDataset> {
  const { raw, movies } = await readSource(path, { onProgress });
  const { ratings, rejects } = validateRatings(raw, Math.floor(now.getTime() / 1000));
  return { ratings, movies, read: raw.length, rejects };
}
