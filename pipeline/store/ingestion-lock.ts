import type postgres from 'postgres';

const KEY = 0x5ca1_ab1e;

/**
 * Waits until no other transaction changes the stored ratings, and keeps others waiting until this one ends: batches are
 * stored, and ratings quarantined, one at a time.
 */
export async function lockIngestion(sql: postgres.TransactionSql): Promise<void> {
  await sql`select pg_advisory_xact_lock(${KEY})`;
}
