import { absoluteChange, type Effect } from '../effect.ts';
import { type Estimate, varianceOfTotal } from '../estimate.ts';
import type { UserMoments } from '../user-moments.ts';

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
 * `user_mean_shift`: how much higher the typical user rates, in stars (Welch's unpaired comparison of user
 * means). A few busy users move `rating_mean` and leave this alone.
 */
export function userMeanShift(window: UserMoments, reference: UserMoments): Effect {
  return absoluteChange(meanOfUserMeans(window), meanOfUserMeans(reference));
}
