import { type Random, shuffle } from '../lib/random.ts';
import { rowNumbers, sortByUser } from './order.ts';
import { filterRatings, type Ratings } from './ratings.ts';

/** One part of a set of ratings for testing, and the rest for training. */
export interface Fold {
  readonly train: Ratings;
  readonly test: Ratings;
}

/**
 * Splits ratings at random for cross-validation: every rating is in the test part of exactly one fold, and the
 * sizes of two folds differ by one at most. The folds depend only on the set of ratings and the draws, not on the order
 * of the ratings. One fold is made at a time, so that memory contains only one copy.
 *
 * @param count number of folds; at least 2.
 */
export function* randomFolds(
  ratings: Ratings,
  count: number,
  random: Random,
): Generator<Fold, void, undefined> {
  const ordered = sortByUser(ratings);
  const shuffled = shuffle(random, rowNumbers(ordered.length));
  const foldOf = new Uint32Array(ordered.length);
  shuffled.forEach((row, position) => {
    foldOf[row] = position % count;
  });
  for (let fold = 0; fold < count; fold++) {
    yield {
      train: filterRatings(ordered, (row) => foldOf[row] !== fold),
      test: filterRatings(ordered, (row) => foldOf[row] === fold),
    };
  }
}
