import { seededRandom, shuffle } from '../lib/random.ts';
import { sortByTime, sortByUser } from './order.ts';
import { filterRatings, type Ratings, sliceRatings } from './ratings.ts';

/** Two parts of a set of ratings, the first older than the second. */
export interface TimeSplit {
  readonly older: Ratings;
  readonly newer: Ratings;
  /** The first second of `newer`: every rating at or after it is newer. */
  readonly boundary: number;
}

/**
 * Splits by time so that about `share` of the ratings are in `older`. Ratings of the boundary second stay
 * together in `newer`, so that the split can be repeated from the boundary alone.
 *
 * @param share 0 to 1.
 */
export function splitByTime(ratings: Ratings, share: number): TimeSplit {
  const ordered = sortByTime(ratings);
  let cut = Math.min(ordered.length, Math.max(0, Math.round(ordered.length * share)));
  const boundary = ordered.ratedAt[cut] ?? (ordered.ratedAt[ordered.length - 1] ?? 0) + 1;
  while (cut > 0 && ordered.ratedAt[cut - 1] === boundary) cut--;
  return { older: sliceRatings(ordered, 0, cut), newer: sliceRatings(ordered, cut), boundary };
}

/** Splits into `count` consecutive parts of nearly equal size, oldest first. */
export function splitIntoWindows(ratings: Ratings, count: number): readonly Ratings[] {
  const ordered = sortByTime(ratings);
  const edge = (window: number): number => Math.round((ordered.length * window) / count);
  return Array.from({ length: count }, (_, window) => sliceRatings(ordered, edge(window), edge(window + 1)));
}

/** The stream of random numbers a split draws from. Others are for those that train and search. */
const SPLIT_STREAM = -1;

/**
 * Splits rating by rating at random so that `share` of them, rounded, are in `chosen`. Which ones depends on
 * the set of ratings and the seed alone, not on their order. Both parts are ordered by user and movie.
 *
 * @param share 0 to 1.
 */
export function splitAtRandom(
  ratings: Ratings,
  share: number,
  seed: number,
): { readonly chosen: Ratings; readonly rest: Ratings } {
  const ordered = sortByUser(ratings);
  const rows = shuffle(seededRandom(seed, SPLIT_STREAM), Int32Array.from(ordered.userIds.keys()));
  const isChosen = new Uint8Array(ordered.length);
  for (const row of rows.subarray(0, Math.round(ordered.length * share))) isChosen[row] = 1;
  return {
    chosen: filterRatings(ordered, (row) => isChosen[row] === 1),
    rest: filterRatings(ordered, (row) => isChosen[row] === 0),
  };
}
