import type { Ratings } from '../../ratings/ratings.ts';
import type { RatingSummary } from '../../ratings/summary.ts';
import { vocabularyOfSorted } from '../../ratings/vocabulary.ts';
import { dampedBiases, type Profile, profilesOf, sum } from './profiles.ts';

/**
 * For each user, the logarithm of how much more likely the ratings are for somebody with the taste of the window than for
 * somebody to whom all movies are the same: Σ(2b·xy − b²x²) / 2σ², where x and y are the biases of the movies and the
 * ratings about the means of the user, σ² is the variance of ratings about the mean of their user (normal densities), and
 * b, 0 to 1, is the slope of y on x over all users of the window. It is 0 when movies are not who they seem to be: then
 * nobody has a taste that could be seen.
 */
export function tasteOf(
  { userIds }: RatingSummary,
  reference: RatingSummary,
  knownMovies: readonly Profile[],
  ratings: Ratings,
): Float64Array {
  const biases = dampedBiases(knownMovies);
  const variance = spreadWithin(reference);
  const users = vocabularyOfSorted(userIds);
  const sums = Array.from(userIds, () => ({ n: 0, x: 0, y: 0, xx: 0, xy: 0 }));
  for (let row = 0; row < ratings.length; row++) {
    const x = biases.get(ratings.movieIds[row] as number);
    const own = sums[users.rowOf(ratings.userIds[row] as number)];
    if (x === undefined || own === undefined) continue;
    const y = (ratings.halves[row] as number) / 2;
    own.n += 1;
    own.x += x;
    own.y += y;
    own.xx += x * x;
    own.xy += x * y;
  }
  const about = sums.map(({ n, x, y, xx, xy }) =>
    n === 0 ? { xx: 0, xy: 0 } : { xx: xx - x ** 2 / n, xy: xy - (x * y) / n },
  );
  const spread = sum(about, ({ xx }) => xx);
  if (spread <= 0 || variance === 0) return new Float64Array(userIds.length);
  const slope = Math.min(1, Math.max(0, sum(about, ({ xy }) => xy) / spread));
  return Float64Array.from(about, ({ xx, xy }) => (2 * slope * xy - slope ** 2 * xx) / (2 * variance));
}

/** The variance of ratings about the mean of their user, stars². */
function spreadWithin({ userIds, userLevels, count }: RatingSummary): number {
  return sum(profilesOf(userIds, userLevels), (user) => user.count * user.sd ** 2) / count;
}
