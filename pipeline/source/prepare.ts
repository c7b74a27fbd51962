import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { seededRandom, shuffle } from '../lib/random.ts';
import type { IdNames } from '../ratings/id-names.ts';
import type { Movie } from '../ratings/movie.ts';
import { rowNumbers } from '../ratings/order.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { splitByTime, splitIntoWindows } from '../ratings/split.ts';
import { writeMovies, writeRatings } from './write-ratings.ts';

/** A data set split for a pipeline run: the initial ratings, then weekly batches. */
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

/** Paths of the files of `writePrepared`. */
export interface PreparedFiles {
  readonly train: string;
  readonly test: string;
  readonly batches: readonly string[];
  readonly movies: string;
}

/**
 * Sorts ratings by time and splits them: the first `initialShare` into train and test, the rest into `weeks`
 * consecutive batches with equal numbers of ratings. A batch is called a week, but its duration varies: public data
 * sets cover decades unevenly, and with equal numbers every drift check has the same amount of data.
 */
export function prepareDataset(
  ratings: Ratings,
  { weeks, initialShare = 0.7, trainShare = 0.7 }: PrepareOptions,
): PreparedDataset {
  const { older: initial, newer: rest } = splitByTime(ratings, initialShare);
  const { older: train, newer: test } = splitByTime(initial, trainShare);
  return { train, test, batches: splitIntoWindows(rest, weeks) };
}

/** The paths that `writePrepared` uses for a data set with this number of weeks. */
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

/** The random stream of orders in place of times. */
const ORDER_STREAM = -3;

/** The ratings in a random order, which is their time: a split of them is a random split. The same seed, the same order. */
export function inRandomOrder(ratings: Ratings, seed: number): Ratings {
  return { ...ratings, ratedAt: shuffle(seededRandom(seed, ORDER_STREAM), rowNumbers(ratings.length)) };
}

const BATCH_FILE = /^week-\d+\.parquet$/;

/**
 * Writes `initial/train.parquet`, `initial/test.parquet`, `batches/week-01.parquet` and so on, and
 * `movies.parquet` into `directory`. Each file is written atomically. Additional weeks of an earlier preparation are
 * removed. Equal input gives equal bytes.
 *
 * @param options.names writes names in place of the ids.
 * @param options.hasTimes whether the times are written. @default true
 */
export async function writePrepared(
  directory: string,
  { train, test, batches }: PreparedDataset,
  movies: readonly Movie[],
  { names = null, hasTimes = true }: { readonly names?: IdNames | null; readonly hasTimes?: boolean } = {},
): Promise<PreparedFiles> {
  const writing = { ids: names, hasTimes };
  const files = preparedFiles(directory, batches.length);
  await removeOtherWeeks(
    join(directory, 'batches'),
    files.batches.map((path) => basename(path)),
  );
  await writeMovies(files.movies, movies, names);
  await writeRatings(files.train, train, writing);
  await writeRatings(files.test, test, writing);
  for (const [week, batch] of batches.entries()) {
    await writeRatings(files.batches[week] as string, batch, writing);
  }
  return files;
}

async function removeOtherWeeks(folder: string, keep: readonly string[]): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const stale = names.filter((name) => BATCH_FILE.test(name) && !keep.includes(name));
  await Promise.all(stale.map((name) => rm(join(folder, name))));
}
