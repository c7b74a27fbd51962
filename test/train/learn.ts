import type { TrainedModel } from '../../pipeline/model/compose-model.ts';
import type { Ratings } from '../../pipeline/ratings/ratings.ts';
import type { FitOptions } from '../../pipeline/train/algorithm.ts';
import { algorithmNamed } from '../../pipeline/train/algorithms.ts';

/** Trains with the defaults of the algorithm and seed 1, unless `options` has other values. */
export function learn(
  algorithm: string,
  ratings: Ratings,
  options: Partial<FitOptions> = {},
): Promise<TrainedModel> {
  const { fit: train } = algorithmNamed(algorithm);
  return train(ratings, { hyperParameters: {}, seed: 1, ...options });
}
