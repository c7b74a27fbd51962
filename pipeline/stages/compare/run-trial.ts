import { evaluateModel } from '../../evaluate/evaluate.ts';
import type { Evaluation } from '../../evaluate/evaluation.ts';
import { COMPARED_METRICS, metricsBy } from '../../evaluate/metric-names.ts';
import { canonicalJson, sha256 } from '../../lib/digest.ts';
import { OperatorError } from '../../lib/errors.ts';
import type { OnProgress } from '../../lib/progress.ts';
import type { Movie } from '../../ratings/movie.ts';
import type { Ratings } from '../../ratings/ratings.ts';
import { snapshotDigest } from '../../ratings/snapshot.ts';
import { splitAtRandom, splitByTime } from '../../ratings/split.ts';
import { vocabularyOf } from '../../ratings/vocabulary.ts';
import type { Algorithm } from '../../train/algorithm.ts';
import { resolveHyperParameters } from '../../train/hyper-parameters.ts';
import type { SearchSpace } from '../../train/search-space.ts';
import type { RatedMovies } from './compare-ratings.ts';
import { type SearchDescription, searchDigest, type TrialResult, valuesOf } from './trial-files.ts';

/** What a search is asked to be. */
export interface SearchOptions {
  readonly algorithm: Algorithm;
  readonly space: SearchSpace;
  /** In place of the algorithm's defaults; what is not searched keeps it in every trial. */
  readonly fixed: Readonly<Record<string, number>>;
  /** Which ratings validate: any, or the newest. */
  readonly split: 'random' | 'time';
  /** Of the ratings that validate, 0 to 1. */
  readonly share: number;
  readonly seed: number;
}

/** A search for hyper-parameters with its ratings, ready for any of its trials. */
export interface Search {
  readonly algorithm: Algorithm;
  readonly description: SearchDescription;
  readonly training: Ratings;
  readonly validation: Ratings;
  readonly movies: readonly Movie[];
}

/**
 * Splits the ratings that may be trained on into an inner part to train on and one to validate with.
 *
 * @throws OperatorError `usage` for a fixed value the algorithm does not take, `no-training-data` when one of
 * the parts would be empty.
 */
export function openSearch(
  { ratings, movies }: RatedMovies,
  { algorithm, space, fixed, split, share, seed }: SearchOptions,
): Search {
  const defaults = resolveHyperParameters(algorithm.name, algorithm.hyperParameters, fixed);
  const { training, validation } = splitRatings(ratings, split, share, seed);
  if (training.length === 0 || validation.length === 0) {
    throw new OperatorError(
      'no-training-data',
      `Of ${ratings.length} ratings the split leaves ${training.length} to train on and ${validation.length} to validate with.`,
      'Give more ratings, another --share, or --split random when all ratings have one time.',
    );
  }
  return {
    algorithm,
    training,
    validation,
    movies,
    description: {
      algorithm: algorithm.name,
      defaults,
      fixed,
      ranges: space,
      seeds: { search: seed, split: seed, fit: seed },
      data: {
        split,
        share,
        training: describe(training),
        validation: describe(validation),
        movies: { movies: movies.length, sha256: sha256(canonicalJson(movies)) },
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

function describe(ratings: Ratings): SearchDescription['data']['training'] {
  return {
    ratings: ratings.length,
    users: vocabularyOf(ratings.userIds).size,
    movies: vocabularyOf(ratings.movieIds).size,
    sha256: snapshotDigest(ratings),
  };
}

/**
 * Makes one trial of a search: draws its hyper-parameters, trains on the inner training part and measures on
 * the validation part. The result is the same whatever other trials were made, but for its seconds.
 *
 * Hyper-parameters that make training diverge are a result too: one with a failure and without metrics.
 */
export async function runTrial(search: Search, trial: number, onProgress?: OnProgress): Promise<TrialResult> {
  const { algorithm, description, training, validation, movies } = search;
  const hyperParameters = valuesOf(description, trial);
  const seed = description.seeds.fit;
  const report = onProgress === undefined ? {} : { onProgress };
  const started = performance.now();
  const model = await algorithm.fit(training, { hyperParameters, seed, movies, ...report });
  const fitted = performance.now();
  const evaluation = unlessDiverged(() =>
    evaluateModel(model, { train: training, test: validation }, report),
  );
  return {
    schema: 1,
    trial,
    hyperParameters,
    metrics: metricsBy(COMPARED_METRICS, (name) =>
      evaluation instanceof OperatorError ? null : evaluation[name],
    ),
    failure: evaluation instanceof OperatorError ? evaluation.message : null,
    seconds: { fit: (fitted - started) / 1000, evaluate: (performance.now() - fitted) / 1000 },
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
