import type { OnProgress } from '../lib/progress.ts';
import type { TrainedModel } from '../model/compose-model.ts';
import type { Movie } from '../ratings/movie.ts';
import type { Ratings } from '../ratings/ratings.ts';
import type { Specification } from './hyper-parameters.ts';

export interface FitOptions {
  /** These replace the defaults of the algorithm. */
  readonly hyperParameters: Readonly<Record<string, number>>;
  /** Equal ratings, hyper-parameters and seed give a model of equal bytes. */
  readonly seed: number;
  /** Genres and years of movies, for those with few or no ratings. */
  readonly movies?: readonly Movie[];
  /** Number of threads; the model does not depend on it. @default the number that pays off for the ratings */
  readonly threads?: number;
  /** When it aborts, the training ends before the next pass over the ratings, and `fit` rejects with its reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** An algorithm that learns a model from ratings. */
export interface Algorithm {
  readonly name: string;
  /** All hyper-parameters, with default, bounds and the range that `tune` searches. */
  readonly hyperParameters: Specification;
  /** Whether a deployment must contain all movies of its models. */
  readonly needsAllMovies?: boolean;
  /**
   * @throws OperatorError `usage` for an unknown hyper-parameter or a value out of range,
   * `no-training-data` when there are no ratings, `training-too-large` when they do not fit into memory.
   */
  fit(ratings: Ratings, options: FitOptions): Promise<TrainedModel>;
}
