import { join } from 'node:path';
import type { OnProgress } from '../lib/progress.ts';
import { type IdNames, idNamesOf } from '../ratings/id-names.ts';
import type { Movie } from '../ratings/movie.ts';
import type { Ratings } from '../ratings/ratings.ts';
import type { ReadingReport } from '../ratings/reading-report.ts';
import { type DatasetName, downloadDataset } from './download.ts';
import { type FoundSource, foundIn } from './inspect.ts';
import { ownReading, type Reading, readRatedSource } from './read-rated-source.ts';
import { generateRatings } from './synthetic.ts';
import { SYNTHETIC_SIZE, syntheticWeeks } from './synthetic-weeks.ts';

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
  /** How files are read, and how many damaged rows they may have. */
  readonly reading: Reading;
  /** Called with what was found in the files of a data set, before anything is made of it. */
  readonly onFound?: ((found: FoundSource) => void) | undefined;
}

export interface LoadedDataset {
  readonly ratings: Ratings;
  readonly movies: readonly Movie[];
  /** What was read and what cannot be used; null for synthetic ratings. */
  readonly report: ReadingReport | null;
  /** What was found in the files; null for synthetic ratings. */
  readonly found: FoundSource | null;
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
  return { ratings, movies, report: null, found: null, names: null };
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
  return readDataset(folder, { ...options, reading: ownReading(options.reading) });
}

/**
 * Reads the ratings and movies of a file or folder, and separates valid ratings from rejects.
 *
 * @throws OperatorError as `readRatedSource`.
 */
export async function readDataset(
  path: string,
  { now, onProgress, reading }: Pick<DatasetOptions, 'now' | 'onProgress' | 'reading'>,
): Promise<LoadedDataset> {
  const read = await readRatedSource(path, { ...reading, now, onProgress });
  const { raw, ratings, movies, report } = read;
  const names = raw.names === undefined ? null : idNamesOf(raw.names);
  return { ratings, movies, report, found: foundIn(read), names };
}
