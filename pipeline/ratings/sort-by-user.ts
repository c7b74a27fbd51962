import { type Ratings, selectRatings } from './ratings.ts';
import { rowsOf, vocabularyOf } from './vocabulary.ts';

/**
 * The rows ordered by user and then movie: the order of the store's key. Two counting sorts, so the time grows
 * with the number of ratings and not faster.
 */
export function sortByUser(ratings: Ratings): Ratings {
  const { userIds, movieIds, length } = ratings;
  let ordered = true;
  for (let i = 1; ordered && i < length; i++) {
    const step = (userIds[i] as number) - (userIds[i - 1] as number);
    ordered = step > 0 || (step === 0 && (movieIds[i] as number) >= (movieIds[i - 1] as number));
  }
  if (ordered) return ratings;
  const asGiven = Int32Array.from({ length }, (_, i) => i);
  return selectRatings(ratings, sortRows(sortRows(asGiven, movieIds), userIds));
}

/** The rows by ascending id; rows of one id keep their order. */
function sortRows(rows: Int32Array, ids: Int32Array): Int32Array {
  const vocabulary = vocabularyOf(ids);
  const ranks = rowsOf(vocabulary, ids);
  const next = new Int32Array(vocabulary.size + 1);
  for (const rank of ranks) next[rank + 1] = (next[rank + 1] as number) + 1;
  for (let rank = 0; rank < vocabulary.size; rank++) {
    next[rank + 1] = (next[rank + 1] as number) + (next[rank] as number);
  }
  const sorted = new Int32Array(rows.length);
  for (const row of rows) {
    const rank = ranks[row] as number;
    const position = next[rank] as number;
    sorted[position] = row;
    next[rank] = position + 1;
  }
  return sorted;
}
