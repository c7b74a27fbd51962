import { jensenShannonDistance, total } from '../../math/histogram.ts';
import { type Basis, type Measurement, unmeasured } from '../measurement.ts';
import type { ChosenPast } from '../past-windows.ts';
import { growthOverPast } from './growth-over-past.ts';

/**
 * The Jensen–Shannon distance of genre shares between two sets of ratings (natural logarithm, 0 to 0.833).
 *
 * @param a ratings of each genre, same length as `b`.
 * @returns null when either has no rating of a movie with a known genre.
 */
export function genreDistance(a: Float64Array, b: Float64Array): number | null {
  return total(a) > 0 && total(b) > 0 ? jensenShannonDistance(a, b) : null;
}

/**
 * `genre_js`: how much further the window's genre shares lie from training than those of past windows did
 * from what came before them. Value and reference are distances, the effect their difference.
 */
export function measureGenres(
  window: Float64Array,
  reference: Float64Array,
  past: ChosenPast | null,
  basis: Basis,
): Measurement {
  const distance = genreDistance(window, reference);
  if (distance === null) return unmeasured('No genres are known for the rated movies.');
  return growthOverPast(distance, past, ({ genreJs }) => genreJs, basis);
}
