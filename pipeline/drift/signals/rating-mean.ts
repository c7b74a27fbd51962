import { type Effect, relativeChange } from '../effect.ts';
import { type Estimate, ratioOverUsers } from '../estimate.ts';
import type { UserMoments } from '../user-moments.ts';
import { changeOverPast } from './change-over-past.ts';
import type { DriftSignal } from './drift-signal.ts';
import { STARS } from './parts.ts';

function meanStars(moments: UserMoments): Estimate {
  const mean = ratioOverUsers(moments.users, { ...moments, x: moments.s, xx: moments.ss, xn: moments.ns });
  return { value: mean.value / 2, variance: mean.variance / 4, df: mean.df };
}

/** Relative change of the mean of all ratings; value and reference in stars. */
export function ratingMeanChange(window: UserMoments, reference: UserMoments): Effect | null {
  return relativeChange(meanStars(window), meanStars(reference));
}

export const ratingMean = {
  name: 'rating_mean',
  label: 'Mean rating',
  unit: 'relative-stars',
  onlyGrowth: false,
  thresholds: { robust: 0.03, classic: 0.1 },
  thresholdMeaning: 'Relative change of the mean rating. 3% of 3.5 stars is about 0.1 stars.',
  parts: {
    of: 'levels',
    scores: () => ({ window: STARS, reference: STARS, scale: 1, shown: (stars) => stars }),
  },
  ...changeOverPast(ratingMeanChange, [0.5, 5]),
} as const satisfies DriftSignal;
