import type { OnProgress } from '../lib/progress.ts';
import type { TrainedModel } from '../model/trained-model.ts';
import type { Ratings } from '../ratings/ratings.ts';

export interface FitOptions {
  /** In place of the algorithm's defaults. */
  readonly hyperParameters: Readonly<Record<string, number>>;
  /** Equal ratings, hyper-parameters and seed give a model of equal bytes. */
  readonly seed: number;
  readonly onProgress?: OnProgress;
}

/** A way to learn a model from ratings. */
export interface Algorithm {
  readonly name: string;
  /** Every hyper-parameter there is, with the value it has when nothing else is said. */
  readonly defaults: Readonly<Record<string, number>>;
  /**
   * @throws OperatorError `usage` for a hyper-parameter it does not know or a value out of range,
   * `no-training-data` when there are no ratings.
   */
  fit(ratings: Ratings, options: FitOptions): Promise<TrainedModel>;
}
