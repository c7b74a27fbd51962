import type postgres from 'postgres';
import type { OnProgress } from '../lib/progress.ts';
import { addToHistories, PackedChanges, SLICE_USERS } from './histories.ts';
import { lockIngestion } from './ingestion-lock.ts';
import { selectPlainRatings } from './plain-ratings.ts';
import { retryLostConnections } from './retry.ts';
import type { Store } from './store.ts';
import { trimLargeLog } from './trim-log.ts';

/** Most ratings that one transaction moves; one more user may go beyond. */
const SLICE_RATINGS = 524_288;

/** Number of plain ratings that `compactRatings` would move. */
export async function countCompactable({ sql }: Pick<Store, 'sql'>): Promise<number> {
  const [row] = await sql<{ ratings: number }[]>`
    select count(*)::integer as ratings from ratings where ${isLearned(sql)}`;
  return row?.ratings ?? 0;
}

/**
 * Moves the ratings that have become training data from plain rows into the packed histories, and gives their space
 * back. Every question to the store has the same answer before, after and in between: one transaction moves the ratings
 * of a slice of users. An interrupted call has moved some users, and the next one moves the rest. Repeating it changes
 * nothing.
 *
 * @returns the number of ratings moved.
 * @throws OperatorError `store-damaged`, `store-unavailable`.
 */
export async function compactRatings(store: Store, onProgress: OnProgress = () => {}): Promise<number> {
  const total = await countCompactable(store);
  let moved = 0;
  for (let after = -1; moved < total; ) {
    const slice = await retryLostConnections(
      store,
      () => store.sql.begin((sql) => compactSlice(sql, after)) as Promise<Slice | null>,
    );
    if (slice === null) break;
    after = slice.last;
    moved += slice.ratings;
    onProgress({ stage: 'packing ratings', done: Math.min(moved, total), total, unit: 'ratings' });
    // The next slice uses the space of the histories that this one replaced.
    await store.sql`vacuum packed_histories`;
  }
  if (moved > 0) await giveBackSpace(store, moved);
  return moved;
}

interface Slice {
  /** The last of its users. */
  readonly last: number;
  readonly ratings: number;
}

/** Moves the ratings of the next users, or returns null when there are none. */
async function compactSlice(sql: postgres.TransactionSql, after: number): Promise<Slice | null> {
  await lockIngestion(sql);
  const counts = await sql<{ userId: number; ratings: number }[]>`
    select user_id, count(*)::integer as ratings from ratings
    where user_id > ${after} and ${isLearned(sql)} group by user_id order by user_id limit ${SLICE_USERS}`;
  let [size, ratings] = [0, 0];
  while (size < counts.length && ratings < SLICE_RATINGS) ratings += counts[size++]?.ratings ?? 0;
  if (size === 0) return null;
  const users = Int32Array.from(counts.slice(0, size), ({ userId }) => userId);
  const learned = await selectPlainRatings(sql, users, sql`and ${isLearned(sql)}`);
  const changes = new PackedChanges();
  await addToHistories(sql, learned, changes);
  await changes.store(sql);
  await sql`delete from ratings where user_id = any(${[...users]}) and ${isLearned(sql)}`;
  return { last: users.at(-1) as number, ratings };
}

/**
 * Whether a row of `ratings` belongs into a history: its batch has become training data, and it does not stand in for a
 * rating in quarantine, which would come back as a plain row of the same user and movie.
 */
const isLearned = (sql: postgres.ISql): postgres.Fragment => sql`
  batch_id = any(array(select batch_id from ingestion_ledger where role <> 'buffer'))
  and not exists (
    select from quarantined_ratings as held
    where held.user_id = ratings.user_id and held.movie_id = ratings.movie_id)`;

/** Gives the space of moved rows back to the system, also that of their index when most of it is empty. */
async function giveBackSpace(store: Store, moved: number): Promise<void> {
  const { sql } = store;
  await sql`vacuum ratings`;
  const [left] = await sql<{ ratings: number }[]>`select count(*)::integer as ratings from ratings`;
  if (moved > (left?.ratings ?? 0)) await sql`reindex table ratings`;
  if (store.home === 'embedded') await trimLargeLog(store);
}
