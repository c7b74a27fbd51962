import type { RatingSummary } from '../../ratings/summary.ts';
import type { Basis, Measurement } from '../measurement.ts';
import type { ChosenPast } from '../past-windows.ts';
import { ratingsOfUnseen } from '../unseen.ts';
import { growthOverPast } from './growth-over-past.ts';

/**
 * `new_movie_share`: share of the window's ratings on movies unseen in training, 0 to 1, against the same
 * share of past windows.
 */
export function measureNewMovies(
  window: RatingSummary,
  reference: RatingSummary,
  past: ChosenPast | null,
  basis: Basis,
): Measurement {
  const unseen = ratingsOfUnseen(window.movieIds, window.movieCounts, 1, reference.movieIds);
  return growthOverPast(unseen / window.count, past, ({ newMovieShare }) => newMovieShare, basis);
}
