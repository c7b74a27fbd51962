import type { Ratings } from '../../ratings/ratings.ts';
import { type FoundPattern, patternOf } from './finding.ts';
import { dampedBiases, type Profile, varianceBetween } from './profiles.ts';

/** Where movies hardly differ, nothing shows whether they were exchanged: the variance of their true means, stars². */
const MIN_VARIANCE = 0.04;
const MIN_RATINGS = 500;
const MIN_USERS = 20;
/** A slope of 1 says that movies are as good as before, 0 that they have nothing to do with what they were. */
const HIGHEST_SLOPE = 0.65;
/** One-sided 99.9% of the normal distribution. */
const DEVIATIONS = 3.09;

/**
 * The regression of the ratings of the window on the earlier means of their movies. Its slope is near 1 when movies are
 * who they seem to be, whatever users are new, and near 0 when the numbers of movies were exchanged. Found when the slope
 * is below 0.65 with 99.9% confidence; the variance counts users, not ratings.
 *
 * Formula: ordinary least squares with the cluster-robust variance of K.-Y. Liang and S. L. Zeger (1986), Biometrika 73,
 * 13–22.
 */
export function scrambledMovies(reference: readonly Profile[], ratings: Ratings): FoundPattern | null {
  if (varianceBetween(reference) < MIN_VARIANCE) return null;
  // With their damping the slope to expect is 1.
  const biases = dampedBiases(reference);
  const rows = rowsOfMovies(ratings, biases);
  if (rows.length < MIN_RATINGS) return null;
  const x = (row: number): number => biases.get(ratings.movieIds[row] as number) as number;
  const y = (row: number): number => (ratings.halves[row] as number) / 2;
  const average = (of: (row: number) => number): number =>
    rows.reduce((total, row) => total + of(row), 0) / rows.length;
  const [meanX, meanY] = [average(x), average(y)];
  const spread = rows.length * average((row) => (x(row) - meanX) ** 2);
  if (spread === 0) return null;
  const slope = (rows.length * average((row) => (x(row) - meanX) * (y(row) - meanY))) / spread;
  const byUser = new Map<number, number>();
  for (const row of rows) {
    const user = ratings.userIds[row] as number;
    const residual = y(row) - meanY - slope * (x(row) - meanX);
    byUser.set(user, (byUser.get(user) ?? 0) + (x(row) - meanX) * residual);
  }
  const users = byUser.size;
  if (users < MIN_USERS) return null;
  const squares = [...byUser.values()].reduce((total, one) => total + one * one, 0);
  const error = Math.sqrt(((users / (users - 1)) * squares) / spread ** 2);
  if (slope + DEVIATIONS * error >= HIGHEST_SLOPE) return null;
  const counts = new Map<number, number>();
  for (const row of rows) {
    const id = ratings.movieIds[row] as number;
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const movies = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([id]) => id);
  return {
    ...patternOf(
      'scrambled-movies',
      'movie',
      movies,
      rows.length,
      ratings.length,
      `The ratings of movies have little to do with their ratings in the training data: a slope of ${slope.toFixed(2)} ± ${error.toFixed(2)}, where 1 means as good as before. The numbers of movies may have been exchanged.`,
    ),
    leftOut: null,
  };
}

function rowsOfMovies({ movieIds, length }: Ratings, movies: ReadonlyMap<number, unknown>): Int32Array {
  const rows = new Int32Array(length);
  let found = 0;
  for (let row = 0; row < length; row++) if (movies.has(movieIds[row] as number)) rows[found++] = row;
  return rows.subarray(0, found);
}
