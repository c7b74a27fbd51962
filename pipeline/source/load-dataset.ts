import { join } from 'node:path';
import type { OnProgress } from '../lib/progress.ts';
import { type IdNames, idNamesOf } from '../ratings/id-names.ts';
import type { Movie } from '../ratings/movie.ts';
import type { Ratings } from '../ratings/ratings.ts';
import type { Rejects } from '../ratings/raw.ts';
import { NO_REJECTS } from '../ratings/rejected-rows.ts';
import { validateRatings } from '../ratings/validate.ts';
import { type DatasetName, downloadDataset } from './download.ts';
import { readSource } from './read-source.ts';
import { generateRatings } from './synthetic.ts';
import { SYNTHETIC_SIZE, syntheticWeeks } from './synthetic-weeks.ts';
import type { IdReading } from './text-ids.ts';

/** Options for loading whole data sets. */
export interface DatasetOptions {
  /** Folder for downloads and prepared files, which are used again. */
  readonly dataDirectory: string;
  /** The current time. Later ratings are rejected. */
  readonly now: Date;
  readonly onProgress: OnProgress;
  /** @default the global fetch */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Base URL of the MovieLens downloads. @default GroupLens */
  readonly datasetsUrl?: string | undefined;
  /** How ids are read. @default auto */
  readonly ids?: IdReading | undefined;
}

export interface LoadedDataset {
  readonly ratings: Ratings;
  readonly movies: readonly Movie[];
  /** Number of rows that were read. */
  readonly read: number;
  /** The rows that cannot be used. */
  readonly rejects: Rejects;
  /** What users and movies are called where the ids are texts; null for numbers. */
  readonly names: IdNames | null;
}

/** Generates synthetic ratings of the demo's size. Drift begins in the second to last of `weeks`. */
export function generateDataset(options: {
  readonly weeks: number;
  readonly seed: number;
  /** Strength of the drift: 1 as in the demo, 0 for none. */
  readonly drift: number;
}): LoadedDataset {
  const { ratings, movies } = generateRatings(syntheticWeeks({ ...SYNTHETIC_SIZE, ...options }));
  return { ratings, movies, read: ratings.length, rejects: NO_REJECTS, names: null };
}

/**
 * Downloads a GroupLens data set, unless it exists, and reads it.
 *
 * @throws OperatorError `download-failed`, `source-unreadable`.
 */
export async function downloadedDataset(name: DatasetName, options: DatasetOptions): Promise<LoadedDataset> {
  const { dataDirectory, onProgress, fetch, datasetsUrl } = options;
  const from = { onProgress, fetch, baseUrl: datasetsUrl };
  const folder = await downloadDataset(name, join(dataDirectory, 'datasets'), from);
  return readDataset(folder, options);
}

/**
 * Reads the ratings and movies of a file or folder, and separates valid ratings from rejects.
 *
 * @throws OperatorError `source-unreadable`, `source-unknown-layout`.
 */
export async function readDataset(
  path: string,
  { now, onProgress, ids }: Pick<DatasetOptions, 'now' | 'onProgress' | 'ids'>,
): Promise<LoadedDataset> {
  const { raw, movies } = await readSource(path, { onProgress, ids });
  const { ratings, rejects } = validateRatings(raw, Math.floor(now.getTime() / 1000));
  const names = raw.names === undefined ? null : idNamesOf(raw.names);
  return { ratings, movies, read: raw.length, rejects, names };
}
