import type postgres from 'postgres';
import { OperatorError } from '../lib/errors.ts';
import { subtractSummary, summariseRatings } from '../ratings/summary.ts';
import { type BatchRatings, emptyBatchRatings, filterBatchRatings, joinByUser } from './batch-ratings.ts';
import { eraseMentions } from './erase-mentions.ts';
import { eraseFromReferences } from './erase-references.ts';
import { type Erasure, insertErasure, type RemovedRows, readErasure } from './erasures.ts';
import { PackedChanges, replaceHistories, selectHistories } from './histories.ts';
import { readIdKind, readIdsOf } from './id-names.ts';
import { lockIngestion } from './ingestion-lock.ts';
import { selectPlainRatings } from './plain-ratings.ts';
import type { Store } from './store.ts';
import { selectSummaries, upsertSummary } from './summaries.ts';
import { lastErasureOf, raiseTombstones, type StoredUser } from './tombstones.ts';
import { trimLog } from './trim-log.ts';

export interface ErasureRequest {
  /** The id of the user, or the name. The user may be unknown: then it stays so. */
  readonly userId: number | string;
  readonly by: string;
  readonly at: Date;
  /** How long it waits for a batch that is being stored, milliseconds. @default until it is stored */
  readonly mostWaitMs?: number;
}

export interface ErasureOutcome extends Erasure {
  /** The id of the user in the database; null for a name that had none, or has none any more. */
  readonly userId: number | null;
  /** What this call removed: nothing when the user was erased before. */
  readonly removedNow: RemovedRows;
}

const NOTHING: RemovedRows = {
  ratings: 0,
  revisions: 0,
  feedback: 0,
  interactions: 0,
  rejectedRows: 0,
  reports: 0,
};

/**
 * Removes everything that the database has of a user, in one transaction, and keeps the user out of later batches and
 * requests. The numbers of the ledger stay: they tell what was read. Repeating it removes nothing, and has the same
 * answer.
 *
 * @throws OperatorError `store-busy` when a batch is being stored for longer than it may wait.
 */
export async function eraseUser(
  { sql, description }: Store,
  request: ErasureRequest,
): Promise<ErasureOutcome> {
  try {
    return (await sql.begin((transaction) => eraseInTransaction(transaction, request))) as ErasureOutcome;
  } catch (cause) {
    if ((cause as { readonly code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw cause;
    throw new OperatorError(
      'store-busy',
      `A batch is being stored in the database (${description}), so the user was not erased yet.`,
      'Repeat the request when the batch is stored. It is safe to repeat.',
      { cause },
    );
  }
}

/** SQLSTATE of a lock that was waited for too long. */
const LOCK_NOT_AVAILABLE = '55P03';

/** What `eraseUser` would remove. Changes nothing. */
export async function planErasure(store: Store, request: ErasureRequest): Promise<ErasureOutcome> {
  let planned: ErasureOutcome | undefined;
  const undo = new Error('the plan is complete');
  await store.sql
    .begin(async (sql) => {
      planned = await eraseInTransaction(sql, request);
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  return planned as ErasureOutcome;
}

/** Run it in a transaction of its own. */
async function eraseInTransaction(
  sql: postgres.TransactionSql,
  { userId, by, at, mostWaitMs = 0 }: ErasureRequest,
): Promise<ErasureOutcome> {
  await sql`select set_config('lock_timeout', ${`${mostWaitMs}ms`}, true)`;
  await lockIngestion(sql);
  // Rows that others write at this moment are seen, and those that come later know of the erasure.
  await sql`lock table erasures, interactions in share row exclusive mode`;
  const user = await findUser(sql, userId);
  const { removed, batches } =
    user.id === null ? { removed: NOTHING, batches: [] } : await remove(sql, user.id, user);
  const last = await lastErasureOf(sql, user);
  const isRepeated = last?.isKeptOut === true && Object.values(removed).every((rows) => rows === 0);
  const erasureId = isRepeated ? last.erasureId : await insertErasure(sql, { at, by, removed, batches });
  if (!isRepeated) await raiseTombstones(sql, user, erasureId);
  return { ...(await readErasure(sql, erasureId)), userId: user.id, removedNow: removed };
}

/** A user by the id, or by the name where ids are names. */
export async function findUser(sql: postgres.ISql, sent: number | string): Promise<StoredUser> {
  if (typeof sent === 'number') return { id: sent, name: null };
  if ((await readIdKind(sql)) === 'numbers') return { id: Number(sent), name: null };
  const [id = -1] = await readIdsOf(sql, 'user', [sent]);
  return { id: id === -1 ? null : id, name: sent };
}

async function remove(
  sql: postgres.TransactionSql,
  userId: number,
  { name }: StoredUser,
): Promise<{ readonly removed: RemovedRows; readonly batches: readonly number[] }> {
  const users = Int32Array.of(userId);
  const packed = await selectHistories(sql, users);
  const current = joinByUser([packed, await selectPlainRatings(sql, users)]);
  const held = await sql<{ movieId: number; batchId: number }[]>`
    delete from quarantined_ratings where user_id = ${userId} returning movie_id, batch_id`;
  const revisions = await sql<{ batchId: number; previousBatchId: number }[]>`
    delete from rating_revisions where user_id = ${userId} returning batch_id, previous_batch_id`;
  const feedback = await sql<{ batchId: number | null }[]>`
    delete from feedback where user_id = ${userId} returning batch_id`;
  const interactions = await sql`delete from interactions where user_id = ${userId}`;
  await sql`delete from ratings where user_id = ${userId}`;
  const changes = new PackedChanges();
  await replaceHistories(sql, { before: packed, after: emptyBatchRatings(0) }, changes);
  await changes.store(sql);
  const batches = new Set([
    ...current.batchIds,
    ...held.map(({ batchId }) => batchId),
    ...revisions.flatMap(({ batchId, previousBatchId }) => [batchId, previousBatchId]),
    ...feedback.flatMap(({ batchId }) => (batchId === null ? [] : [batchId])),
  ]);
  await subtractFromSummaries(sql, current, batches);
  await sql`delete from quarantines where kind = 'user' and subject = ${userId}`;
  // They were measured with the ratings of the user. What a training has brought stays as it was noted.
  if (current.length > 0) await sql`delete from retraining_gains where kind <> 'realised'`;
  await eraseFromReferences(sql, userId);
  const { reports, rejectedRows } = await eraseMentions(sql, { id: userId, name });
  await sql`delete from user_names where user_id = ${userId}`;
  const movies = new Set([...current.movieIds, ...held.map(({ movieId }) => movieId)]);
  return {
    removed: {
      ratings: movies.size,
      revisions: revisions.length,
      feedback: feedback.length,
      interactions: interactions.count,
      rejectedRows,
      reports,
    },
    batches: [...batches].sort((a, b) => a - b),
  };
}

/** Counts the batches without the ratings of a user, and forgets how well models predicted them, which a check measures again. */
async function subtractFromSummaries(
  sql: postgres.TransactionSql,
  current: BatchRatings,
  batches: ReadonlySet<number>,
): Promise<void> {
  const summaries = await selectSummaries(sql, [...new Set(current.batchIds)]);
  for (const [batchId, summary] of summaries) {
    const lost = filterBatchRatings(current, (row) => current.batchIds[row] === batchId);
    await upsertSummary(sql, batchId, subtractSummary(summary, summariseRatings(lost)));
  }
  await sql`delete from batch_performance where batch_id = any(${[...batches]})`;
}

/** The tables that have rows of users. */
const TABLES = [
  'ratings',
  'packed_histories',
  'rating_revisions',
  'quarantined_ratings',
  'quarantines',
  'feedback',
  'interactions',
  'rejected_ratings',
  'batch_summaries',
  'batch_performance',
  'model_references',
  'models',
  'drift_checks',
  'ingestion_ledger',
  'user_names',
] as const;

/**
 * Removes the rows of erased users from the files of the database. Call it after `eraseUser`. The embedded database is
 * rewritten, so that no page, statistic or log has them; it has the tables twice meanwhile. A server frees the space, and
 * overwrites it later.
 */
export async function giveBackErased(store: Store): Promise<void> {
  const { sql, home } = store;
  if (home === 'postgres') {
    for (const table of TABLES) await sql`vacuum (analyze) ${sql(table)}`;
    return;
  }
  for (const table of TABLES) await sql`vacuum (full, analyze) ${sql(table)}`;
  await sql`vacuum (full) pg_statistic`;
  await trimLog(store);
}
