import type { Store } from './store.ts';

/** Upper limit of rounds. The log has fewer segments. */
const LOG_ROUNDS = 20;

/** Segments, of 16 MB each, that a database keeps without much harm. */
const FEW_SEGMENTS = 8;

/**
 * Removes old segments of the write-ahead log of an open embedded database, before it is closed and archived. PostgreSQL
 * keeps them for reuse with their content, and they would be most of the archive. The last remaining segment may still
 * be an old one, so one more round replaces it by an empty one.
 */
export async function trimLog(store: Pick<Store, 'sql'>): Promise<void> {
  const { sql } = store;
  await sql`set wal_recycle = off`;
  for (let round = 0, segments = 0; round < LOG_ROUNDS; round++) {
    const isLast = segments === 1;
    await sql`select pg_switch_wal()`;
    await sql`checkpoint`;
    if (isLast) return;
    segments = await countSegments(store);
  }
}

/** Does the same after much was written, so that the log is not larger than the tables. */
export async function trimLargeLog(store: Pick<Store, 'sql'>): Promise<void> {
  if ((await countSegments(store)) > FEW_SEGMENTS) await trimLog(store);
}

async function countSegments({ sql }: Pick<Store, 'sql'>): Promise<number> {
  const [log] = await sql<{ segments: number }[]>`select count(*)::integer as segments from pg_ls_waldir()`;
  return log?.segments ?? 0;
}
