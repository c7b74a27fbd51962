import type postgres from 'postgres';
import type { OnProgress } from '../lib/progress.ts';
import { concatRatings, filterRatings, type Ratings, sliceRatings } from '../ratings/ratings.ts';
import {
  type BatchRatings,
  emptyBatchRatings,
  filterBatchRatings,
  joinByUser,
  ofBatch,
  usersOf,
} from './batch-ratings.ts';
import { copyRevisions } from './copy-ratings.ts';
import { hasHistories, PackedChanges, replaceHistories, SLICE_USERS, selectHistories } from './histories.ts';
import { hasPlainRatings, selectPlainRatings } from './plain-ratings.ts';

/** Most ratings of a batch that are merged at a time; one more user may go beyond. */
const SLICE_RATINGS = 262_144;

export interface MergedHistories {
  /** The ratings of the batch that are not in a history now and are to be stored as plain rows. */
  readonly rest: Ratings;
  /** Number of ratings that are packed now. 0 when they are not to be packed. */
  readonly packed: number;
  /** Number of stored ratings that were replaced. They are among the revisions. */
  readonly replaced: number;
  /** Number of ratings that were stored before with the same value and time. */
  readonly equal: number;
  /** Ratings that changed nothing. */
  readonly unchanged: Ratings;
  readonly changes: PackedChanges;
}

/**
 * Merges a batch with the packed histories of its users: the stored ratings that it replaces are taken out and become
 * revisions. Run it in the transaction that holds the ingestion lock.
 *
 * @param ratings ordered by user and movie.
 * @param options.isPacked whether the ratings of the batch themselves go into the histories. Then they also replace plain
 * ratings.
 */
export async function mergeHistories(
  sql: postgres.TransactionSql,
  batchId: number,
  ratings: Ratings,
  { isPacked, onProgress }: { readonly isPacked: boolean; readonly onProgress: OnProgress },
): Promise<MergedHistories> {
  const changes = new PackedChanges();
  const some = { packed: await hasHistories(sql), plain: isPacked && (await hasPlainRatings(sql)) };
  const unchanged: Ratings[] = [];
  const rest: Ratings[] = [];
  let [packed, replaced, replacedPlain, equal] = [0, 0, 0, 0];
  if (!isPacked && !some.packed) rest.push(ratings);
  else {
    for (const slice of userSlices(ratings)) {
      const merged = await mergeSlice(sql, batchId, slice, { isPacked, some, changes });
      unchanged.push(merged.unchanged);
      if (!isPacked) rest.push(merged.taken);
      else packed += merged.taken.length;
      replaced += merged.replaced;
      replacedPlain += merged.replacedPlain;
      equal += merged.equal;
      const done = slice.from + slice.ratings.length;
      if (isPacked) onProgress({ stage: 'storing ratings', done, total: ratings.length, unit: 'ratings' });
    }
  }
  if (replacedPlain > 0) await deleteReplaced(sql, batchId);
  return { rest: joined(rest), packed, replaced, equal, unchanged: joined(unchanged), changes };
}

const joined = (parts: readonly Ratings[]): Ratings =>
  parts.length === 1 ? (parts[0] as Ratings) : concatRatings(parts);

interface Slice {
  readonly from: number;
  readonly ratings: Ratings;
  readonly users: Int32Array;
}

/** Cuts ratings between users, into parts that are merged one at a time. */
function* userSlices(ratings: Ratings): Generator<Slice> {
  const { length, userIds } = ratings;
  for (let from = 0, to = 0; from < length; from = to) {
    for (let users = 0; to < length && users < SLICE_USERS && to - from < SLICE_RATINGS; users++) {
      const user = userIds[to];
      while (to < length && userIds[to] === user) to++;
    }
    const slice = sliceRatings(ratings, from, to);
    yield { from, ratings: slice, users: usersOf(slice) };
  }
}

async function mergeSlice(
  sql: postgres.TransactionSql,
  batchId: number,
  { ratings, users }: Slice,
  {
    isPacked,
    some,
    changes,
  }: {
    readonly isPacked: boolean;
    readonly some: { readonly packed: boolean; readonly plain: boolean };
    readonly changes: PackedChanges;
  },
): Promise<{ taken: Ratings; unchanged: Ratings; replaced: number; replacedPlain: number; equal: number }> {
  const stored = some.packed ? await selectHistories(sql, users) : emptyBatchRatings(0);
  const plain = some.plain ? await selectPlainRatings(sql, users) : emptyBatchRatings(0);
  const isUnchanged = new Uint8Array(ratings.length);
  const inHistory = compareStored(stored, ratings, isUnchanged);
  const inPlain = compareStored(plain, ratings, isUnchanged);
  const taken = filterRatings(ratings, (row) => isUnchanged[row] === 0);
  const replaced = joinByUser([
    filterBatchRatings(stored, (row) => inHistory.isReplaced[row] === 1),
    filterBatchRatings(plain, (row) => inPlain.isReplaced[row] === 1),
  ]);
  // A history is written again when it loses a rating or gets one.
  const changed = new Set(isPacked ? taken.userIds : replaced.userIds);
  const before = filterBatchRatings(stored, (row) => changed.has(stored.userIds[row] as number));
  const kept = filterBatchRatings(
    stored,
    (row) => inHistory.isReplaced[row] === 0 && changed.has(stored.userIds[row] as number),
  );
  const after = joinByUser([kept, ...(isPacked ? [ofBatch(taken, batchId)] : [])]);
  if (changed.size > 0) await replaceHistories(sql, { before, after }, changes);
  await copyRevisions(sql, batchId, replaced);
  return {
    taken,
    unchanged: filterRatings(ratings, (row) => isUnchanged[row] === 1),
    replaced: replaced.length,
    replacedPlain: inPlain.replaced,
    equal: inHistory.equal + inPlain.equal,
  };
}

/**
 * Compares stored ratings with those of a batch. A later rating replaces the stored one, and so does one of the same time
 * with another value.
 *
 * @param stored grouped by user.
 * @param ratings ordered by user and movie.
 * @param isUnchanged gets 1 where a rating of the batch changes nothing.
 */
function compareStored(
  stored: BatchRatings,
  ratings: Ratings,
  isUnchanged: Uint8Array,
): { readonly isReplaced: Uint8Array; readonly replaced: number; readonly equal: number } {
  const isReplaced = new Uint8Array(stored.length);
  let [replaced, equal, from, to] = [0, 0, 0, 0];
  for (let row = 0; row < stored.length; row++) {
    const user = stored.userIds[row] as number;
    if (row === 0 || user !== stored.userIds[row - 1]) {
      for (from = to; from < ratings.length && (ratings.userIds[from] as number) < user; ) from++;
      for (to = from; to < ratings.length && ratings.userIds[to] === user; ) to++;
    }
    const incoming = rowOfMovie(ratings.movieIds, stored.movieIds[row] as number, from, to);
    if (incoming < 0) continue;
    const later = (ratings.ratedAt[incoming] as number) - (stored.ratedAt[row] as number);
    const isSameValue = ratings.halves[incoming] === stored.halves[row];
    if (later > 0 || (later === 0 && !isSameValue)) {
      isReplaced[row] = 1;
      replaced++;
    } else {
      isUnchanged[incoming] = 1;
      if (later === 0) equal++;
    }
  }
  return { isReplaced, replaced, equal };
}

/** The row of a movie among ascending movies, or −1. */
function rowOfMovie(movieIds: Int32Array, movie: number, from: number, to: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((movieIds[middle] as number) < movie) low = middle + 1;
    else high = middle;
  }
  return low < to && movieIds[low] === movie ? low : -1;
}

/** Deletes the plain ratings that are revisions of a batch now. Of those it replaced, only these still stand there. */
async function deleteReplaced(sql: postgres.TransactionSql, batchId: number): Promise<void> {
  await sql`
    delete from ratings using rating_revisions as revision
    where revision.batch_id = ${batchId}
      and ratings.user_id = revision.user_id and ratings.movie_id = revision.movie_id`;
}
