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
  const { keys, size } = denseKeys(ids);
  const next = new Int32Array(size + 1);
  for (const key of keys) next[key + 1] = (next[key + 1] as number) + 1;
  for (let key = 0; key < size; key++) next[key + 1] = (next[key + 1] as number) + (next[key] as number);
  const sorted = new Int32Array(rows.length);
  for (const row of rows) {
    const key = keys[row] as number;
    const position = next[key] as number;
    sorted[position] = row;
    next[key] = position + 1;
  }
  return sorted;
}

const DENSE_LIMIT = 1 << 22;

/** Keys below `size` in the order of the ids: the ids themselves unless they are large. */
function denseKeys(ids: Int32Array): { readonly keys: Int32Array; readonly size: number } {
  let largest = 0;
  for (const id of ids) if (id > largest) largest = id;
  if (largest < DENSE_LIMIT) return { keys: ids, size: largest + 1 };
  const vocabulary = vocabularyOf(ids);
  return { keys: rowsOf(vocabulary, ids), size: vocabulary.size };
}
