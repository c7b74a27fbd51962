import { RATING_LEVELS } from '../../ratings/ratings.ts';
import type { RatingSummary } from '../../ratings/summary.ts';
import type { Basis, Measurement } from '../measurement.ts';
import type { ChosenPast } from '../past-windows.ts';
import { ratingsOfUnseen } from '../unseen.ts';
import { growthOverPast } from './growth-over-past.ts';

/**
 * `new_user_share`: share of the window's ratings by users unseen in training, 0 to 1, against the same
 * share of past windows.
 */
export function measureNewUsers(
  window: RatingSummary,
  reference: RatingSummary,
  past: ChosenPast | null,
  basis: Basis,
): Measurement {
  const unseen = ratingsOfUnseen(window.userIds, window.userLevels, RATING_LEVELS, reference.userIds);
  return growthOverPast(unseen / window.count, past, ({ newUserShare }) => newUserShare, basis);
}
