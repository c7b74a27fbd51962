import type postgres from 'postgres';
import { OperatorError } from '../../lib/errors.ts';
import { tryLockIngestion } from '../ingestion-lock.ts';
import { migrate } from '../migrate.ts';
import type { Store } from '../store.ts';
import {
  markUnfinishedMove,
  readUnfinishedMove,
  removeMoveMark,
  type UnfinishedMove,
} from '../unfinished-move.ts';
import { allowIdleTime } from './source.ts';
import { quoted, readTables, type TableShape } from './tables.ts';

/** What a database holds before data is moved into it. */
export type TargetContent =
  | { readonly kind: 'empty' }
  | { readonly kind: 'unfinished'; readonly move: UnfinishedMove }
  | { readonly kind: 'used'; readonly tables: readonly FilledTable[] };

export interface FilledTable {
  readonly name: string;
  readonly rows: number;
}

/** Reads what a database holds. Changes nothing; a database without tables is empty. */
export async function readTargetContent(sql: postgres.ISql): Promise<TargetContent> {
  const move = await readUnfinishedMove(sql);
  if (move !== null) return { kind: 'unfinished', move };
  const tables = await filledTables(sql, await readTables(sql));
  return tables.length === 0 ? { kind: 'empty' } : { kind: 'used', tables };
}

async function filledTables(
  sql: postgres.ISql,
  tables: readonly TableShape[],
): Promise<readonly FilledTable[]> {
  const filled: FilledTable[] = [];
  for (const { name } of tables) {
    const rows = await countRows(sql, name);
    if (rows > 0) filled.push({ name, rows });
  }
  return filled;
}

export async function countRows(sql: postgres.ISql, table: string): Promise<number> {
  const [row] = await sql.unsafe<{ rows: number }[]>(
    `select count(*)::double precision as rows from ${quoted(table)}`,
  );
  return row?.rows ?? 0;
}

/**
 * Runs work while no other process moves data into or out of the database, or ingests into it.
 *
 * @throws OperatorError `store-busy` when another one does, also when the database is the source itself.
 */
export function withTarget<T>(store: Store, work: () => Promise<T>): Promise<T> {
  // The embedded database has one process and one connection.
  if (store.home === 'embedded') return work();
  return store.sql.begin(async (holder) => {
    await allowIdleTime(holder);
    if (await tryLockIngestion(holder)) return work();
    throw new OperatorError(
      'store-busy',
      `The database (${store.description}) is in use: another command changes it, or it is the database that would be moved.`,
      'Wait until the other command ends, or name another database.',
    );
  }) as Promise<T>;
}

/** Creates the tables of an empty database and marks it as the target of a move. */
export async function beginMove(target: Store, fingerprint: string): Promise<void> {
  await migrate(target);
  await target.sql.begin((sql) => markUnfinishedMove(sql, fingerprint));
}

/** Empties a database that holds an unfinished move. */
export async function discardMove(target: Store): Promise<void> {
  const tables = (await readTables(target.sql)).map(({ name }) => quoted(name));
  await target.sql.begin(async (sql) => {
    await sql.unsafe(`truncate ${tables.join(', ')} restart identity`);
    await removeMoveMark(sql);
  });
}
