import { orderRows } from '../ratings/order.ts';
import { concatRatings, emptyRatings, type Ratings, selectRatings } from '../ratings/ratings.ts';

/** Ratings with the batch that each came from. */
export interface BatchRatings extends Ratings {
  readonly batchIds: Int16Array;
}

export function emptyBatchRatings(length: number): BatchRatings {
  return { ...emptyRatings(length), batchIds: new Int16Array(length) };
}

/** Ratings that all came from one batch. Shares memory with `ratings`. */
export function ofBatch(ratings: Ratings, batchId: number): BatchRatings {
  return { ...ratings, batchIds: new Int16Array(ratings.length).fill(batchId) };
}

/** The given rows, in the given order, copied. */
export function selectBatchRatings(ratings: BatchRatings, rows: Int32Array): BatchRatings {
  const batchIds = new Int16Array(rows.length);
  for (let i = 0; i < rows.length; i++) batchIds[i] = ratings.batchIds[rows[i] as number] as number;
  return { ...selectRatings(ratings, rows), batchIds };
}

/** The rows for which `keep` returns true, in the same order, copied. */
export function filterBatchRatings(ratings: BatchRatings, keep: (row: number) => boolean): BatchRatings {
  const rows = new Int32Array(ratings.length);
  let length = 0;
  for (let row = 0; row < ratings.length; row++) if (keep(row)) rows[length++] = row;
  return selectBatchRatings(ratings, rows.subarray(0, length));
}

/** All parts, of which each is ordered by user, in this order. Ratings of one user keep their order. */
export function joinByUser(parts: readonly BatchRatings[]): BatchRatings {
  const [first, ...others] = parts.filter(({ length }) => length > 0);
  if (first === undefined) return emptyBatchRatings(0);
  if (others.length === 0) return first;
  const all = { ...concatRatings([first, ...others]), batchIds: new Int16Array(0) };
  const batchIds = new Int16Array(all.length);
  let offset = 0;
  for (const part of [first, ...others]) {
    batchIds.set(part.batchIds, offset);
    offset += part.length;
  }
  return selectBatchRatings({ ...all, batchIds }, orderRows([all.userIds]));
}

/** The distinct users of ratings that are grouped by user, in their order. */
export function usersOf({ length, userIds }: Ratings): Int32Array {
  const users = new Int32Array(length);
  let size = 0;
  for (let row = 0; row < length; row++) {
    if (row === 0 || userIds[row] !== userIds[row - 1]) users[size++] = userIds[row] as number;
  }
  return users.slice(0, size);
}
