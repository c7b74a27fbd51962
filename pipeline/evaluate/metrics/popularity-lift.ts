import type { Popularity } from '../popularity.ts';
import type { RankedList } from '../ranked-list.ts';

/**
 * Popularity lift: the relative difference in popularity between recommended movies and rated movies:
 * (GAP of lists − GAP of histories) / GAP of histories. GAP, the group average popularity, is the mean over users of the
 * mean popularity of their movies. The popularity of a movie is the number of training users who rated it. At 0 the
 * recommendations are as popular as the histories, at 1 twice as popular; the minimum is −1.
 *
 * Computed over users with earlier ratings and a non-empty list; null when there are none.
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
