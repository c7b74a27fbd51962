import { basename, resolve } from 'node:path';
import { OperatorError } from '../../lib/errors.ts';
import { oneLine } from '../../lib/escape.ts';
import type { Movie } from '../../ratings/movie.ts';
import type { Ratings } from '../../ratings/ratings.ts';
import { splitByTime } from '../../ratings/split.ts';
import {
  type DatasetOptions,
  downloadedDataset,
  generateDataset,
  readDataset,
} from '../../source/load-dataset.ts';
import type { CheckedData } from './scores.ts';

/** Fixed data to train and score a checkout on. */
export interface CheckData {
  readonly name: CheckedData['name'];
  readonly training: Ratings;
  /** The newest ratings. */
  readonly holdout: Ratings;
  readonly movies: readonly Movie[];
}

/** Not the gate's `holdoutShare`: base and head must have the same split, whatever their configuration. */
const TRAINING_SHARE = 0.8;

/**
 * The data of a model check: synthetic ratings without drift, MovieLens' small data set, or a file or folder. The
 * oldest 80% are for training. Some users of the rest are new.
 *
 * @param source `synthetic`, `ml-latest-small`, or a path.
 * @param options.seed of the synthetic ratings.
 * @throws OperatorError `no-training-data` when there are too few ratings to split, `download-failed`,
 * `source-unreadable`.
 */
export async function checkData(
  source: string,
  { seed, ...options }: DatasetOptions & { readonly seed: number },
): Promise<CheckData> {
  const { name, ratings, movies } = await load(source, seed, options);
  const { older, newer } = splitByTime(ratings, TRAINING_SHARE);
  if (older.length === 0 || newer.length === 0) {
    throw new OperatorError(
      'no-training-data',
      `${name} has ${ratings.length} usable ratings, too few for a training part and a holdout.`,
      'Give ratings that were made at different times.',
    );
  }
  return { name, training: older, holdout: newer, movies };
}

async function load(
  source: string,
  seed: number,
  options: DatasetOptions,
): Promise<{ readonly name: string; readonly ratings: Ratings; readonly movies: readonly Movie[] }> {
  switch (source) {
    case 'synthetic': {
      options.onProgress({ stage: 'generating ratings', done: 0, total: null, unit: 'ratings' });
      return { name: `synthetic, seed ${seed}`, ...generateDataset({ weeks: 1, seed, drift: 0 }) };
    }
    case 'ml-latest-small':
      return { name: source, ...(await downloadedDataset(source, options)) };
    default:
      return { name: oneLine(basename(resolve(source)), 100), ...(await readDataset(source, options)) };
  }
}
