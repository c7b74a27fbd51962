import type { Popularity } from '../popularity.ts';
import type { RankedList } from '../ranked-list.ts';

/**
 * Popularity lift: how much more popular what users are recommended is than what they had rated, as a relative
 * change: (GAP of lists − GAP of histories) / GAP of histories. GAP, the group average popularity, is the mean
 * over users of the mean popularity of each one's movies, popularity being how many training users rated a
 * movie. 0 repeats the users' own taste for the popular, 1 doubles it, −1 is the least there can be.
 *
 * Over users who had rated something and have a list that is not empty; null when there are none.
 *
 * Abdollahpouri, Mansoury, Burke & Mobasher, The Connection Between Popularity Bias, Calibration, and Fairness
 * in Recommendation, RecSys 2020.
 */
export function popularityLift(
  lists: readonly RankedList[],
  { ratersOf, historyOf }: Pick<Popularity, 'ratersOf' | 'historyOf'>,
): number | null {
  let recommended = 0;
  let rated = 0;
  for (const { userId, movieIds } of lists) {
    const history = historyOf(userId);
    if (history === null || movieIds.length === 0) continue;
    rated += history;
    recommended += movieIds.reduce((sum, movieId) => sum + ratersOf(movieId), 0) / movieIds.length;
  }
  return rated === 0 ? null : (recommended - rated) / rated;
}
