import type postgres from 'postgres';
import { type BatchRatings, joinByUser } from './batch-ratings.ts';
import { copyBytes } from './copy-rows.ts';
import { type PackedHistory, packHistories, unpackHistories } from './history-codec.ts';

/** Number of histories that are in memory at a time, as a few megabytes. */
export const SLICE_USERS = 4096;

export async function hasHistories(sql: postgres.ISql): Promise<boolean> {
  const [some] = await sql`select from packed_histories limit 1`;
  return some !== undefined;
}

/**
 * Reads the packed ratings of some users: by user, each in order of time.
 *
 * @throws OperatorError `store-damaged`.
 */
export async function selectHistories(sql: postgres.ISql, userIds: Int32Array): Promise<BatchRatings> {
  const rows = await sql<PackedHistory[]>`
    select user_id, history from packed_histories where user_id = any(${[...userIds]}) order by user_id`;
  return unpackHistories(rows);
}

/**
 * Reads all packed ratings in slices of users, by user, each in order of time. Slices are of one snapshot when `sql` is a
 * transaction of at least the level repeatable read, or when it holds the ingestion lock.
 *
 * @param isWanted leaves out users before their ratings are unpacked.
 * @throws OperatorError `store-damaged`.
 */
export async function* historySlices(
  sql: postgres.ISql,
  isWanted: (userId: number) => boolean = () => true,
): AsyncGenerator<BatchRatings> {
  for (let after = -1; ; ) {
    const rows = await sql<PackedHistory[]>`
      select user_id, history from packed_histories where user_id > ${after} order by user_id limit ${SLICE_USERS}`;
    yield unpackHistories(rows.filter(({ userId }) => isWanted(userId)));
    if (rows.length < SLICE_USERS) return;
    after = rows.at(-1)?.userId ?? after;
  }
}

/** Reads the packed ratings of some users like `historySlices`. @param userIds ascending. */
export async function* historySlicesOf(
  sql: postgres.ISql,
  userIds: Int32Array,
): AsyncGenerator<BatchRatings> {
  for (let from = 0; from < userIds.length; from += SLICE_USERS) {
    yield selectHistories(sql, userIds.subarray(from, from + SLICE_USERS));
  }
}

/**
 * Replaces the histories of users. Run it in a transaction that holds the ingestion lock.
 *
 * @param before all packed ratings of these users as they are stored.
 * @param after all packed ratings of these users as they will be, ordered by user. A user without any has no row.
 */
export async function replaceHistories(
  sql: postgres.TransactionSql,
  users: { readonly before: BatchRatings; readonly after: BatchRatings },
  changes: PackedChanges,
): Promise<void> {
  const { before, after } = users;
  if (before.length > 0) {
    const replaced = new Set(before.userIds);
    await sql`delete from packed_histories where user_id = any(${[...replaced]})`;
  }
  const rows = packHistories(after).map(({ userId, history }) => ({ id: userId, bytes: history }));
  await copyBytes(sql, 'packed_histories', ['user_id', 'history'], rows);
  changes.add(after, 1);
  changes.add(before, -1);
}

/** Adds ratings to the histories of their users. They are in no history yet. Run it like `replaceHistories`. */
export async function addToHistories(
  sql: postgres.TransactionSql,
  added: BatchRatings,
  changes: PackedChanges,
): Promise<void> {
  const before = await selectHistories(sql, Int32Array.from(new Set(added.userIds)));
  await replaceHistories(sql, { before, after: joinByUser([before, added]) }, changes);
}

/** How many packed ratings each batch gained or lost in a transaction. */
export class PackedChanges {
  readonly #byBatch = new Map<number, number>();

  add({ length, batchIds }: BatchRatings, weight: 1 | -1): void {
    for (let from = 0, to = 0; from < length; from = to) {
      const batchId = batchIds[from] as number;
      while (to < length && batchIds[to] === batchId) to++;
      this.#byBatch.set(batchId, (this.#byBatch.get(batchId) ?? 0) + weight * (to - from));
    }
  }

  /** Brings the ledger up to date. Every batch has an entry there. */
  async store(sql: postgres.TransactionSql): Promise<void> {
    const changed = [...this.#byBatch].filter(([, change]) => change !== 0);
    if (changed.length === 0) return;
    await sql`
      update ingestion_ledger set packed = packed + change
      from unnest(${changed.map(([batchId]) => batchId)}::smallint[], ${changed.map(([, change]) => change)}::integer[])
        as changed (changed_batch_id, change)
      where batch_id = changed_batch_id`;
  }
}
