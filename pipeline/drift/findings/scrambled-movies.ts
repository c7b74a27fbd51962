import { filterRatings, type Ratings } from '../../ratings/ratings.ts';
import { vocabularyOf } from '../../ratings/vocabulary.ts';
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
  const rated = ratingsOfKnown(ratings, biases);
  const { x, y, length } = rated;
  if (length < MIN_RATINGS) return null;
  const [meanX, meanY] = [average(x), average(y)];
  let [spread, product] = [0, 0];
  for (let i = 0; i < length; i++) {
    const distance = (x[i] as number) - meanX;
    spread += distance ** 2;
    product += distance * ((y[i] as number) - meanY);
  }
  if (spread === 0) return null;
  const slope = product / spread;
  const users = vocabularyOf(rated.userIds);
  if (users.size < MIN_USERS) return null;
  const ofUsers = new Float64Array(users.size);
  for (let i = 0; i < length; i++) {
    const user = users.rowOf(rated.userIds[i] as number);
    const distance = (x[i] as number) - meanX;
    ofUsers[user] = (ofUsers[user] as number) + distance * ((y[i] as number) - meanY - slope * distance);
  }
  const squares = ofUsers.reduce((total, one) => total + one * one, 0);
  const error = Math.sqrt(((users.size / (users.size - 1)) * squares) / spread ** 2);
  if (slope + DEVIATIONS * error >= HIGHEST_SLOPE) return null;
  const movies = mostRatedFirst(rated.movieIds);
  return {
    ...patternOf(
      'scrambled-movies',
      'movie',
      movies,
      length,
      ratings.length,
      `The ratings of movies have little to do with their ratings in the training data: a slope of ${slope.toFixed(2)} ± ${error.toFixed(2)}, where 1 means as good as before. The numbers of movies may have been exchanged.`,
    ),
    leftOut: null,
  };
}

/** Ratings as points of the regression. */
interface Points {
  readonly length: number;
  readonly userIds: Int32Array;
  readonly movieIds: Int32Array;
  /** The bias of the movie, and the rating, stars. */
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** The ratings of movies whose bias is known. */
function ratingsOfKnown(ratings: Ratings, biases: ReadonlyMap<number, number>): Points {
  const { ids, rowOf } = vocabularyOf(ratings.movieIds);
  const biasOfRow = new Float64Array(ids.length);
  for (let row = 0; row < ids.length; row++) biasOfRow[row] = biases.get(ids[row] as number) ?? Number.NaN;
  const biasOf = (movieId: number): number => biasOfRow[rowOf(movieId)] as number;
  const known = filterRatings(ratings, (row) => !Number.isNaN(biasOf(ratings.movieIds[row] as number)));
  const { length, userIds, movieIds, halves } = known;
  const [x, y] = [new Float64Array(length), new Float64Array(length)];
  for (let i = 0; i < length; i++) {
    x[i] = biasOf(movieIds[i] as number);
    y[i] = (halves[i] as number) / 2;
  }
  return { length, userIds, movieIds, x, y };
}

const average = (numbers: Float64Array): number =>
  numbers.reduce((total, one) => total + one, 0) / numbers.length;

function mostRatedFirst(movieIds: Int32Array): readonly number[] {
  const counts = new Map<number, number>();
  for (const id of movieIds) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([id]) => id);
}
