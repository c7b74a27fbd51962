import type postgres from 'postgres';
import { type BatchRatings, filterBatchRatings } from './batch-ratings.ts';
import { copyPlainRatings } from './copy-ratings.ts';
import {
  hasHistories,
  historySlices,
  historySlicesOf,
  PackedChanges,
  replaceHistories,
} from './histories.ts';

/**
 * Turns packed ratings back into plain rows. Run it in a transaction that holds the ingestion lock.
 *
 * @param isTaken whether a row of the given ratings is taken out.
 * @param users whose histories are searched; all when it is not given, which reads every history.
 */
export async function takeOutOfHistories(
  sql: postgres.TransactionSql,
  isTaken: (ratings: BatchRatings, row: number) => boolean,
  users?: Int32Array,
): Promise<void> {
  if (!(await hasHistories(sql))) return;
  const changes = new PackedChanges();
  const slices = users === undefined ? historySlices(sql) : historySlicesOf(sql, users);
  for await (const stored of slices) {
    const taken = filterBatchRatings(stored, (row) => isTaken(stored, row));
    if (taken.length === 0) continue;
    const changed = new Set(taken.userIds);
    const before = filterBatchRatings(stored, (row) => changed.has(stored.userIds[row] as number));
    const after = filterBatchRatings(before, (row) => !isTaken(before, row));
    await replaceHistories(sql, { before, after }, changes);
    await copyPlainRatings(sql, taken);
  }
  await changes.store(sql);
}
