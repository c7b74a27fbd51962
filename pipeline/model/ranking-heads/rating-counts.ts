import { addPopularity, type Baseline } from '../baseline.ts';
import type { RankingHead, View } from '../heads.ts';
import type { TensorReader } from '../tensor-reader.ts';

export const RATING_COUNTS = 'rating-counts';
export const LOG_COUNTS = 'log-counts';

/** Ranks by the number of ratings, the same for everyone: the baseline that every ranking is compared with. */
export function ratingCountsHead({ movieCounts }: Baseline): RankingHead {
  const add = (scores: Float32Array, weight: number): void => {
    for (let row = 0; row < scores.length; row++) {
      scores[row] = (scores[row] as number) + weight * (movieCounts[row] as number);
    }
  };
  const view: View = { product: () => null, addTo: add, contributions: () => null };
  return {
    kind: RATING_COUNTS,
    movieVectors: null,
    tensors: {},
    user: () => view,
    foldIn: () => view,
    addForUnknownUser: (scores) => add(scores, 1),
  };
}

/**
 * Adds w · ln(1 + n_i) to the predicted rating of a movie with n_i ratings. Ranking by predictions only fills the list
 * with movies that few people watch.
 *
 * @param weight w, stars that a movie gains when its number of ratings grows e-fold. 0 ranks by predictions only.
 */
export function logCountsHead(baseline: Baseline, weight: number): RankingHead {
  const gains = Float64Array.from(baseline.movieCounts, (count) => weight * Math.log1p(count));
  const view: View = {
    product: () => null,
    addTo(scores, share) {
      for (let row = 0; row < scores.length; row++) {
        scores[row] = (scores[row] as number) + share * (gains[row] as number);
      }
    },
    contributions: () => null,
  };
  return {
    kind: LOG_COUNTS,
    movieVectors: null,
    tensors: { popularity_weight: { shape: [1], data: Float64Array.of(weight) } },
    user: () => view,
    foldIn: () => view,
    addForUnknownUser: (scores) => addPopularity(baseline, weight, scores),
  };
}

export function readLogCountsHead(file: TensorReader, baseline: Baseline): RankingHead {
  return logCountsHead(baseline, file.scalar('popularity_weight'));
}
