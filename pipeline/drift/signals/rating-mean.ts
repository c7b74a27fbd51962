import { type Effect, relativeChange } from '../effect.ts';
import { type Estimate, ratioOverUsers } from '../estimate.ts';
import type { UserMoments } from '../user-moments.ts';

function meanStars({ users, n, s, nn, ns, ss }: UserMoments): Estimate {
  const mean = ratioOverUsers(users, { x: s, n, xx: ss, xn: ns, nn });
  return { value: mean.value / 2, variance: mean.variance / 4, df: mean.df };
}

/** `rating_mean`: relative change of the mean of all ratings; value and reference in stars. */
export function ratingMeanChange(window: UserMoments, reference: UserMoments): Effect | null {
  return relativeChange(meanStars(window), meanStars(reference));
}
