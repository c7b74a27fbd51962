import { absoluteChange, type Effect } from '../effect.ts';
import { type Estimate, varianceOfTotal } from '../estimate.ts';
import type { UserMoments } from '../user-moments.ts';
import { changeOverPast } from './change-over-past.ts';
import type { DriftSignal } from './drift-signal.ts';

/** The mean over users of each user's mean rating, in stars: every user counts once. */
function meanOfUserMeans({ users, means, meanSquares }: UserMoments): Estimate {
  const mean = means / users;
  return {
    value: mean / 2,
    variance: varianceOfTotal(users, meanSquares - users * mean ** 2) / users ** 2 / 4,
    df: users - 1,
  };
}

/**
 * The difference between the means of user means, in stars (Welch's unpaired comparison). Unlike the mean of all
 * ratings, it hardly depends on a few users with many ratings.
 */
export function userMeanChange(window: UserMoments, reference: UserMoments): Effect {
  return absoluteChange(meanOfUserMeans(window), meanOfUserMeans(reference));
}

export const userMeanShift = {
  name: 'user_mean_shift',
  label: 'Mean per user',
  unit: 'stars',
  onlyGrowth: false,
  thresholds: { robust: 0.1, classic: null },
  thresholdMeaning: 'Difference between the means of the mean ratings of users, in stars.',
  parts: { of: 'users' },
  ...changeOverPast(userMeanChange, [0.5, 5]),
} as const satisfies DriftSignal;
