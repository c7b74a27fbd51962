import { seededRandom, shuffle } from '../lib/random.ts';
import { rowNumbers, sortByTime, sortByUser } from './order.ts';
import { filterRatings, type Ratings, sliceRatings } from './ratings.ts';

/** An older and a newer part of a set of ratings. */
export interface TimeSplit {
  readonly older: Ratings;
  readonly newer: Ratings;
  /** The time of the first rating of `newer`, in seconds. */
  readonly boundary: number;
}

/**
 * Splits by time so that about `share` of the ratings are in `older`. All ratings of the boundary second are in
 * `newer`, so that the boundary is enough to repeat the split.
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

/** The random stream of splits. Training and search use other streams. */
const SPLIT_STREAM = -1;

/**
 * Splits single ratings at random so that `share` of them, rounded, are in `chosen`. The split depends only on the set
 * of ratings and the seed, not on the order of the ratings. Both parts are ordered by user and movie.
 *
 * @param share 0 to 1.
 */
export function splitAtRandom(
  ratings: Ratings,
  share: number,
  seed: number,
): { readonly chosen: Ratings; readonly rest: Ratings } {
  const ordered = sortByUser(ratings);
  const rows = shuffle(seededRandom(seed, SPLIT_STREAM), rowNumbers(ordered.length));
  const isChosen = new Uint8Array(ordered.length);
  for (const row of rows.subarray(0, Math.round(ordered.length * share))) isChosen[row] = 1;
  return {
    chosen: filterRatings(ordered, (row) => isChosen[row] === 1),
    rest: filterRatings(ordered, (row) => isChosen[row] === 0),
  };
}
