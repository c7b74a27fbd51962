import type { Config } from '../../config.ts';
import { evaluateModel } from '../../evaluate/evaluate.ts';
import { type Evaluation, marginOf } from '../../evaluate/evaluation.ts';
import { COMPARED_METRICS, LIST_METRICS, metricsBy } from '../../evaluate/metric-names.ts';
import { type RankingTask, rankingTask } from '../../evaluate/ranking.ts';
import { canonicalJson, sha256 } from '../../lib/digest.ts';
import { OperatorError } from '../../lib/errors.ts';
import type { OnProgress } from '../../lib/progress.ts';
import type { Stopwatch } from '../../lib/stopwatch.ts';
import type { Movie } from '../../ratings/movie.ts';
import type { Ratings } from '../../ratings/ratings.ts';
import { countRatings, snapshotDigest } from '../../ratings/snapshot.ts';
import { splitAtRandom, splitByTime } from '../../ratings/split.ts';
import type { Algorithm } from '../../train/algorithm.ts';
import { resolveHyperParameters } from '../../train/hyper-parameters.ts';
import type { SearchSpace } from '../../train/search-space.ts';
import type { RatedMovies } from './compare-ratings.ts';
import { type SearchDescription, searchDigest, type TrialResult, valuesOf } from './trial-files.ts';

/** The options of a search. */
export interface SearchOptions {
  readonly algorithm: Algorithm;
  readonly space: SearchSpace;
  /** Values that replace the algorithm's defaults in every trial, unless they are searched. */
  readonly fixed: Readonly<Record<string, number>>;
  /** Which ratings validate: a random choice, or the newest. */
  readonly split: 'random' | 'time';
  /** Share of the ratings that validate, 0 to 1. */
  readonly share: number;
  readonly seed: number;
  readonly evaluate: Config['evaluate'];
  readonly stopwatch: Stopwatch;
}

/** A search for hyper-parameters with its ratings. */
export interface Search extends Pick<SearchOptions, 'algorithm' | 'stopwatch'> {
  readonly description: SearchDescription;
  readonly training: Ratings;
  readonly validation: Ratings;
  /** The users to rank, of the validation part. */
  readonly task: RankingTask;
  readonly movies: readonly Movie[];
}

/**
 * Splits ratings into a training part and a validation part.
 *
 * @throws OperatorError `usage` for a fixed value that the algorithm does not accept, `no-training-data` when one of
 * the parts would be empty.
 */
export function openSearch(
  { ratings, movies }: RatedMovies,
  { algorithm, space, fixed, split, share, seed, evaluate, stopwatch }: SearchOptions,
): Search {
  const defaults = resolveHyperParameters(algorithm.name, algorithm.hyperParameters, fixed);
  const { training, validation } = splitRatings(ratings, split, share, seed);
  if (training.length === 0 || validation.length === 0) {
    throw new OperatorError(
      'no-training-data',
      `Of ${ratings.length} ratings the split leaves ${training.length} for training and ${validation.length} for validation.`,
      'Give more ratings, another --share, or --split random when all ratings have the same time.',
    );
  }
  const task = rankingTask(training, validation, evaluate);
  const isSample = task.users.size < task.everyone.size;
  return {
    algorithm,
    training,
    validation,
    task,
    movies,
    stopwatch,
    description: {
      algorithm: algorithm.name,
      defaults,
      fixed,
      ranges: space,
      seeds: { search: seed, split: seed, fit: seed },
      data: {
        split,
        share,
        training: { ...countRatings(training), sha256: snapshotDigest(training) },
        validation: { ...countRatings(validation), sha256: snapshotDigest(validation) },
        movies: { movies: movies.length, sha256: sha256(canonicalJson(movies)) },
        ...(isSample ? { ranked: { users: task.users.size, of: task.everyone.size } } : {}),
      },
    },
  };
}

function splitRatings(
  ratings: Ratings,
  split: SearchOptions['split'],
  share: number,
  seed: number,
): Pick<Search, 'training' | 'validation'> {
  if (split === 'time') {
    const { older, newer } = splitByTime(ratings, 1 - share);
    return { training: older, validation: newer };
  }
  const { chosen, rest } = splitAtRandom(ratings, share, seed);
  return { training: rest, validation: chosen };
}

/**
 * Runs one trial of a search: draws its hyper-parameters, trains on the training part and evaluates on the
 * validation part. The result does not depend on other trials, except for its seconds.
 *
 * When training diverges, the result has a failure and no metrics.
 */
export async function runTrial(search: Search, trial: number, onProgress?: OnProgress): Promise<TrialResult> {
  const { algorithm, description, training, validation, task, movies, stopwatch } = search;
  const hyperParameters = valuesOf(description, trial);
  const seed = description.seeds.fit;
  const report = onProgress === undefined ? {} : { onProgress };
  const started = stopwatch();
  const model = await algorithm.fit(training, { hyperParameters, seed, movies, ...report });
  const fitted = stopwatch();
  const evaluation = unlessDiverged(() =>
    evaluateModel(model, { train: training, test: validation, task }, report),
  );
  return {
    schema: 1,
    trial,
    hyperParameters,
    metrics: metricsBy(COMPARED_METRICS, (name) =>
      evaluation instanceof OperatorError ? null : evaluation[name],
    ),
    ...(evaluation instanceof OperatorError || evaluation.rankable === null
      ? {}
      : { margins: metricsBy(LIST_METRICS.map(marginOf), (name) => evaluation[name]) }),
    failure: evaluation instanceof OperatorError ? evaluation.message : null,
    seconds: { fit: (fitted - started) / 1000, evaluate: (stopwatch() - fitted) / 1000 },
    searchSha256: searchDigest(description),
    search: description,
  };
}

function unlessDiverged(evaluate: () => Evaluation): Evaluation | OperatorError {
  try {
    return evaluate();
  } catch (error) {
    if (error instanceof OperatorError && error.code === 'performance-check-failed') return error;
    throw error;
  }
}
