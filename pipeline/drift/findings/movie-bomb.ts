import { type FoundPattern, patternOf } from './finding.ts';
import { type Profile, sum, totalProfile, varianceBetween } from './profiles.ts';

const MIN_RATINGS = 20;
const MIN_CHANGE = 1.5;
const MIN_DEVIATIONS = 10;
/** Of the true means of movies, stars². */
const SMALLEST_VARIANCE = 0.01;

/**
 * The movie whose ratings in the window are furthest from its mean in the training data, in standard deviations, when
 * they are at least one and a half stars and ten standard deviations away. The mean to expect is shrunk towards that of all movies
 * by the variance between movies (the normal model of empirical Bayes), so a new movie is compared with all movies.
 * Nothing is found where all earlier ratings are equal: there is no standard deviation.
 *
 * Formula: B. Efron and C. Morris (1975), Journal of the American Statistical Association 70, 311–319.
 */
export function movieBomb(window: readonly Profile[], reference: readonly Profile[]): FoundPattern | null {
  const { mean, sd } = totalProfile(reference);
  const noise = sd ** 2;
  if (noise === 0) return null;
  const known = new Map(reference.map((movie) => [movie.id, movie]));
  const between = Math.max(SMALLEST_VARIANCE, varianceBetween(reference));
  const all = sum(window, ({ count }) => count);
  let furthest: { readonly movie: Profile; readonly expected: number; readonly deviations: number } | null =
    null;
  for (const movie of window) {
    if (movie.count < MIN_RATINGS) continue;
    const before = known.get(movie.id);
    const precision = (before?.count ?? 0) / noise + 1 / between;
    const expected = ((before ? (before.count * before.mean) / noise : 0) + mean / between) / precision;
    const deviations = Math.abs(movie.mean - expected) / Math.sqrt(noise / movie.count + 1 / precision);
    if (Math.abs(movie.mean - expected) < MIN_CHANGE || deviations < MIN_DEVIATIONS) continue;
    if (furthest === null || deviations > furthest.deviations) furthest = { movie, expected, deviations };
  }
  if (furthest === null) return null;
  const { movie, expected, deviations } = furthest;
  return patternOf(
    'movie-bomb',
    'movie',
    [movie.id],
    movie.count,
    all,
    `One movie got ${movie.count} ratings with mean ${movie.mean.toFixed(2)}★. Its earlier ratings let expect ${expected.toFixed(2)}★, ${deviations.toFixed(0)} standard deviations away.`,
  );
}
