import type { OnProgress } from '../lib/progress.ts';
import type { TrainedModel } from '../model/trained-model.ts';
import type { Movie } from '../ratings/movie.ts';
import type { Ratings } from '../ratings/ratings.ts';
import type { Specification } from './hyper-parameters.ts';

export interface FitOptions {
  /** In place of the algorithm's defaults. */
  readonly hyperParameters: Readonly<Record<string, number>>;
  /** Equal ratings, hyper-parameters and seed give a model of equal bytes. */
  readonly seed: number;
  /** What is known of movies besides ratings, for those that have few or none. */
  readonly movies?: readonly Movie[];
  /** Threads to compute on; the model is the same for any number. @default as many as are worth it */
  readonly threads?: number;
  /** Ends the training between two passes over the ratings: `fit` rejects with its reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** A way to learn a model from ratings. */
export interface Algorithm {
  readonly name: string;
  /** Every hyper-parameter there is, with its default, its bounds and where `tune` looks. */
  readonly hyperParameters: Specification;
  /** Whether a deployment must contain all movies of its models. */
  readonly needsAllMovies?: boolean;
  /**
   * @throws OperatorError `usage` for a hyper-parameter it does not know or a value out of range,
   * `no-training-data` when there are no ratings, `training-too-large` when they do not fit into memory.
   */
  fit(ratings: Ratings, options: FitOptions): Promise<TrainedModel>;
}
