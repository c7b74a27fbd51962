import { type Random, shuffle } from '../lib/random.ts';
import { sortByUser } from './order.ts';
import { filterRatings, type Ratings } from './ratings.ts';

/** One part of a set of ratings to test on, and all the rest to train on. */
export interface Fold {
  readonly train: Ratings;
  readonly test: Ratings;
}

/**
 * Splits ratings at random for cross-validation: every rating is in the test part of exactly one fold, and the
 * sizes of two folds differ by one at most. Which ratings fall together depends on the set of ratings and the
 * draws alone, not on their order. One fold is made at a time, so that never more than one copy is held.
 *
 * @param count of folds; at least 2.
 */
export function* randomFolds(
  ratings: Ratings,
  count: number,
  random: Random,
): Generator<Fold, void, undefined> {
  const ordered = sortByUser(ratings);
  const shuffled = shuffle(random, Int32Array.from(ordered.halves.keys()));
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
