import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Movie } from '../ratings/movie.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { splitByTime, splitIntoWindows } from '../ratings/split.ts';
import { writeMovies, writeRatings } from './write-ratings.ts';

/** A data set cut for a pipeline that lives through it: what the first model learns from, then weeks. */
export interface PreparedDataset {
  /** The older part of the initial ratings. */
  readonly train: Ratings;
  /** The newer part of the initial ratings. */
  readonly test: Ratings;
  /** The ratings after the initial ones, oldest batch first. */
  readonly batches: readonly Ratings[];
}

interface PrepareOptions {
  /** Number of batches. */
  readonly weeks: number;
  /** Share of all ratings that are initial, 0 to 1. @default 0.7 */
  readonly initialShare?: number;
  /** Share of the initial ratings that are for training, 0 to 1. @default 0.7 */
  readonly trainShare?: number;
}

/** Paths of what `writePrepared` wrote. */
export interface PreparedFiles {
  readonly train: string;
  readonly test: string;
  readonly batches: readonly string[];
  readonly movies: string;
}

/**
 * Orders ratings by time and cuts them: the first `initialShare` into train and test, the rest into `weeks`
 * consecutive batches of equal count. A batch is called a week, but it lasts as long as its ratings took to
 * arrive: public data sets span decades unevenly, and batches of equal count make every check see as much.
 */
export function prepareDataset(
  ratings: Ratings,
  { weeks, initialShare = 0.7, trainShare = 0.7 }: PrepareOptions,
): PreparedDataset {
  const { older: initial, newer: rest } = splitByTime(ratings, initialShare);
  const { older: train, newer: test } = splitByTime(initial, trainShare);
  return { train, test, batches: splitIntoWindows(rest, weeks) };
}

/** Where `writePrepared` puts a data set of so many weeks. */
export function preparedFiles(directory: string, weeks: number): PreparedFiles {
  const digits = Math.max(2, String(weeks).length);
  const week = (index: number): string => `week-${String(index + 1).padStart(digits, '0')}.parquet`;
  return {
    train: join(directory, 'initial', 'train.parquet'),
    test: join(directory, 'initial', 'test.parquet'),
    batches: Array.from({ length: weeks }, (_, index) => join(directory, 'batches', week(index))),
    movies: join(directory, 'movies.parquet'),
  };
}

const BATCH_FILE = /^week-\d+\.parquet$/;

/**
 * Writes `initial/train.parquet`, `initial/test.parquet`, `batches/week-01.parquet` and so on, and
 * `movies.parquet` into `directory`. Every file appears whole or not at all, weeks of an earlier, longer
 * preparation are removed, and equal input gives equal bytes.
 */
export async function writePrepared(
  directory: string,
  { train, test, batches }: PreparedDataset,
  movies: readonly Movie[],
): Promise<PreparedFiles> {
  const files = preparedFiles(directory, batches.length);
  await removeOtherWeeks(
    join(directory, 'batches'),
    files.batches.map((path) => basename(path)),
  );
  await writeMovies(files.movies, movies);
  await writeRatings(files.train, train);
  await writeRatings(files.test, test);
  for (const [week, batch] of batches.entries()) await writeRatings(files.batches[week] as string, batch);
  return files;
}

async function removeOtherWeeks(folder: string, keep: readonly string[]): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const stale = names.filter((name) => BATCH_FILE.test(name) && !keep.includes(name));
  await Promise.all(stale.map((name) => rm(join(folder, name))));
}
