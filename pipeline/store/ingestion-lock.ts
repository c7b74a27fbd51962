import type postgres from 'postgres';

const KEY = 0x5ca1_ab1e;

/**
 * Waits until no other transaction changes the stored ratings, and keeps others waiting until this one ends: batches are
 * stored, and ratings quarantined, one at a time.
 */
export async function lockIngestion(sql: postgres.TransactionSql): Promise<void> {
  await sql`select pg_advisory_xact_lock(${KEY})`;
}

/** Takes the same lock if it is free, until the transaction ends. Returns whether it was. */
export async function tryLockIngestion(sql: postgres.TransactionSql): Promise<boolean> {
  const [lock] = await sql<{ taken: boolean }[]>`select pg_try_advisory_xact_lock(${KEY}) as taken`;
  return lock?.taken === true;
}
