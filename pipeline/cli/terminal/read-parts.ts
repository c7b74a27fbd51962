import { basename, resolve } from 'node:path';
import type { Config } from '../../config.ts';
import type { Movie } from '../../ratings/movie.ts';
import type { Ratings } from '../../ratings/ratings.ts';
import { reportJson } from '../../ratings/reading-report.ts';
import { countRatings } from '../../ratings/snapshot.ts';
import { splitByTime } from '../../ratings/split.ts';
import type { RatedSource } from '../../source/read-rated-source.ts';
import { readRatingsFile, readRatingsFiles } from './read-ratings-file.ts';
import type { Terminal } from './terminal.ts';

/** Ratings to train on and to measure on: two files, or one whose newest ratings are the test. */
export type PartsSource =
  | { readonly kind: 'split'; readonly train: string; readonly test: string }
  | { readonly kind: 'newest'; readonly data: string };

/** What was read for an evaluation. */
export interface Parts {
  readonly train: Ratings;
  readonly test: Ratings;
  readonly movies: readonly Movie[];
  /** For JSON: what was read. */
  readonly described: Readonly<Record<string, unknown>>;
}

/**
 * Reads both parts. `gate.holdoutShare` of one file is its newest part.
 *
 * @param options.inOrder whether the times of ratings are needed.
 * @throws OperatorError as `readRatedSource`.
 */
export async function readParts(
  terminal: Terminal,
  source: PartsSource,
  { config, inOrder }: { readonly config: Config; readonly inOrder: boolean },
): Promise<Parts> {
  if (source.kind === 'newest') {
    const read = await readRatingsFile(terminal, source.data, config, { times: 'required' });
    const { older, newer } = splitByTime(read.ratings, 1 - config.gate.holdoutShare);
    const described = { data: describeRatings(source.data, read) };
    return {
      train: older,
      test: newer,
      movies: read.movies,
      described: { ...described, train: countRatings(older), test: countRatings(newer) },
    };
  }
  // Without `--prequential` the order of ratings changes nothing.
  const timed = { times: inOrder ? 'required' : 'optional' } as const;
  const [trainRead, testRead] = await readRatingsFiles(terminal, [source.train, source.test], config, timed);
  const { ratings: train, movies: known } = trainRead;
  const { ratings: test, movies: others } = testRead;
  const ids = new Set(known.map(({ id }) => id));
  return {
    train,
    test,
    movies: [...known, ...others.filter(({ id }) => !ids.has(id))],
    described: {
      train: describeRatings(source.train, trainRead),
      test: describeRatings(source.test, testRead),
    },
  };
}

/** For JSON: the name of a file or folder of ratings, and their counts. */
export const describeRatings = (path: string, { ratings, report }: RatedSource) => ({
  file: basename(resolve(path)),
  ...countRatings(ratings),
  reading: reportJson(report),
});
