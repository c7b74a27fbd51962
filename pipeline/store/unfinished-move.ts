import type postgres from 'postgres';
import { OperatorError } from '../lib/errors.ts';
import type { Store } from './store.ts';

/**
 * The number of the row in the table `migrations` that marks a database while data is moved into it. No migration has
 * this number, so every program refuses the database, also one that is older than the mark.
 */
export const UNFINISHED_MOVE = 0;

/** The mark of a database that holds part of another one. */
export interface UnfinishedMove {
  /** Identifies the content of the source, 64 hex digits. */
  readonly fingerprint: string;
  readonly beganAt: Date;
}

/** Reads the mark. Null for a database without one, also for a database without tables. */
export async function readUnfinishedMove(sql: postgres.ISql): Promise<UnfinishedMove | null> {
  const [table] = await sql<{ exists: boolean }[]>`select to_regclass('migrations') is not null as exists`;
  if (!table?.exists) return null;
  const [mark] = await sql<UnfinishedMove[]>`
    select sha256 as fingerprint, applied_at as began_at from migrations where version = ${UNFINISHED_MOVE}`;
  return mark ?? null;
}

export async function markUnfinishedMove(sql: postgres.ISql, fingerprint: string): Promise<void> {
  await sql`insert into migrations (version, name, sha256) values (${UNFINISHED_MOVE}, 'unfinished-move', ${fingerprint})`;
}

export async function removeMoveMark(sql: postgres.ISql): Promise<void> {
  await sql`delete from migrations where version = ${UNFINISHED_MOVE}`;
}

/** The error of every other command on a marked database. */
export function moveIsUnfinished({ description }: Pick<Store, 'description'>): OperatorError {
  return new OperatorError(
    'state-conflict',
    `The database (${description}) holds part of another database: data was being moved into it, and the move has not ended.`,
    'Run the same move again, and it continues: `cinematch data move` on one machine, the workflow `bootstrap` with `carry-over` on GitHub. The database that was moved still has everything.',
  );
}
