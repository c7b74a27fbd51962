import type postgres from 'postgres';
import { withDriftLock } from '../drift-lock.ts';
import { lockIngestion } from '../ingestion-lock.ts';
import type { Store } from '../store.ts';
import { quoted, readTables } from './tables.ts';

/** A transaction may wait for the other database between two statements. Hosting services end idle ones earlier. */
const IDLE_LIMIT = '60min';

/**
 * Runs work on a snapshot of a database that nobody changes meanwhile: after running writers have ended, others wait.
 * The transaction can only read.
 */
export function withSource<T>(store: Store, work: (sql: postgres.TransactionSql) => Promise<T>): Promise<T> {
  return withDriftLock(store, () => {
    // The embedded database has one process and one connection.
    if (store.home === 'embedded') return inSnapshot(store, work);
    return store.sql.begin(async (holder) => {
      await allowIdleTime(holder);
      await lockIngestion(holder);
      const tables = (await readTables(holder)).map(({ name }) => quoted(name));
      // Locked before the first query, which takes the snapshot.
      return inSnapshot(store, work, async (sql) => {
        await sql.unsafe(`lock table ${tables.join(', ')} in share mode`);
      });
    }) as Promise<T>;
  });
}

/** Runs work in a transaction that sees one state of the database. It can only read. */
export function inSnapshot<T>(
  store: Store,
  work: (sql: postgres.TransactionSql) => Promise<T>,
  first: (sql: postgres.TransactionSql) => Promise<void> = async () => {},
): Promise<T> {
  return store.sql.begin('isolation level repeatable read read only', async (sql) => {
    await allowIdleTime(sql);
    await first(sql);
    return work(sql);
  }) as Promise<T>;
}

export async function allowIdleTime(sql: postgres.TransactionSql): Promise<void> {
  await sql.unsafe(`set local idle_in_transaction_session_timeout = '${IDLE_LIMIT}'`);
}
