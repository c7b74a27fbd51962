import { logCountsHead, ratingCountsHead } from '../../model/ranking-heads/rating-counts.ts';
import type { RankingTrainer } from '../head-trainer.ts';

const popularityWeight = (byDefault: number) =>
  ({
    meaning: 'Stars that a movie gains in rankings when its number of ratings grows e-fold.',
    default: byDefault,
    min: 0,
    max: 10,
    search: { from: 0, to: 2, scale: 'linear' },
  }) as const;

/** For a head that uses popularity only for unknown users. `tune` does not vary it. */
export const UNKNOWN_USER_WEIGHT = {
  meaning: 'For unknown users: stars that a movie gains in rankings when its number of ratings grows e-fold.',
  default: 0.5,
  min: 0,
  max: 10,
} as const;

/** The number of ratings, the same list for everyone. */
export const ratingCounts: RankingTrainer = {
  name: 'rating-counts',
  hyperParameters: {},
  usesKernels: false,
  fit: async ({ baseline }) => ratingCountsHead(baseline),
};

/** Popularity in addition to predicted ratings, for algorithms without a ranking head. */
export const logCounts = (
  byDefault: number,
): RankingTrainer<{ popularityWeight: ReturnType<typeof popularityWeight> }> => ({
  name: 'log-counts',
  hyperParameters: { popularityWeight: popularityWeight(byDefault) },
  usesKernels: false,
  fit: async ({ baseline, parameters }) => logCountsHead(baseline, parameters.popularityWeight),
});
