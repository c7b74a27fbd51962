import { type Baseline, popularityAdder } from '../baseline.ts';
import { type RankingHead, sameForEveryone } from '../heads.ts';
import type { TensorReader } from '../tensor-reader.ts';

export const RATING_COUNTS = 'rating-counts';
export const LOG_COUNTS = 'log-counts';

/** Ranks by the number of ratings, the same for everyone: the baseline that every ranking is compared with. */
export function ratingCountsHead({ movieCounts }: Baseline): RankingHead {
  const view = sameForEveryone(movieCounts);
  return {
    kind: RATING_COUNTS,
    movieVectors: null,
    tensors: {},
    user: () => view,
    foldIn: () => view,
    addForUnknownUser: (scores) => view.addTo(scores, 1),
  };
}

/**
 * Adds w · ln(1 + n_i) to the predicted rating of a movie with n_i ratings. Ranking by predictions only fills the list
 * with movies that few people watch.
 *
 * @param weight w, stars that a movie gains when its number of ratings grows e-fold. 0 ranks by predictions only.
 */
export function logCountsHead(baseline: Baseline, weight: number): RankingHead {
  const view = sameForEveryone(
    Float64Array.from(baseline.movieCounts, (count) => weight * Math.log1p(count)),
  );
  return {
    kind: LOG_COUNTS,
    movieVectors: null,
    tensors: { popularity_weight: { shape: [1], data: Float64Array.of(weight) } },
    user: () => view,
    foldIn: () => view,
    addForUnknownUser: popularityAdder(baseline, weight),
  };
}

export function readLogCountsHead(file: TensorReader, baseline: Baseline): RankingHead {
  return logCountsHead(baseline, file.scalar('popularity_weight'));
}
