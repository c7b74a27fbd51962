import type postgres from 'postgres';
import { canonicalJson, sha256 } from '../../lib/digest.ts';
import { OperatorError } from '../../lib/errors.ts';
import type { OnProgress } from '../../lib/progress.ts';
import { sendBinaryCopy } from '../binary-copy.ts';
import type { Store } from '../store.ts';
import { removeMoveMark } from '../unfinished-move.ts';
import { withStoreErrors } from '../with-store-errors.ts';
import { differingTables, digestTable, type TableDigest } from './digest-table.ts';
import { isAnother, isDifferent, isUsed } from './move-errors.ts';
import { rowsOfSlices, type SlicedTable, sliceTable } from './slices.ts';
import { inSnapshot, withSource } from './source.ts';
import { readIdentities, readTables, setIdentities } from './tables.ts';
import {
  beginMove,
  countRows,
  discardMove,
  type FilledTable,
  readTargetContent,
  withTarget,
} from './target.ts';

/** Average size of a slice. Few slices are in memory at a time. */
const SLICE_BYTES = 4 << 20;

export interface MoveOptions {
  /** Has the current schema. It is only read. */
  readonly source: Store;
  /** Is empty, or holds an unfinished move of the same source. */
  readonly target: Store;
  /** Whether to empty a target with an unfinished move first. @default false */
  readonly restart?: boolean;
  readonly onProgress: OnProgress;
  /** @default 4 MiB */
  readonly sliceBytes?: number;
}

export interface MoveOutcome {
  /** `already-there` when the target had the same rows before, and nothing was done. */
  readonly status: 'moved' | 'already-there';
  /** Rows that an earlier, unfinished move had moved. */
  readonly resumedRows: number;
  /** The same on both sides, in the order in which the tables were moved. */
  readonly tables: readonly TableDigest[];
}

/** A table that would be moved. */
export interface PlannedTable {
  readonly name: string;
  readonly rows: number;
  /** On disk, with indexes. */
  readonly diskBytes: number;
}

/** A move that has begun. */
interface Move extends MoveOptions {
  /** A snapshot of the source. */
  readonly from: postgres.TransactionSql;
  readonly tables: readonly SlicedTable[];
}

/**
 * Copies every table of one database into another, in slices, each in a transaction of its own. The other database is
 * marked until the copy is complete and verified: the rows of every table are read from both and compared by count and
 * digest. An interrupted move continues after the last complete slice.
 *
 * @throws OperatorError `state-conflict` when the source is empty, or the target is not, or holds an unfinished move of
 * another content, or differs after the move; `store-busy` when another process changes the target; `store-unavailable`.
 */
export async function moveDatabase(options: MoveOptions): Promise<MoveOutcome> {
  const { source, target, sliceBytes = SLICE_BYTES } = options;
  try {
    return await withStoreErrors(source, () =>
      withSource(source, async (from) => {
        const tables = await sliceTables(source, from, sliceBytes);
        return withStoreErrors(target, () =>
          withTarget(target, () => moveTables({ ...options, from, tables })),
        );
      }),
    );
  } catch (error) {
    if (!(error instanceof OperatorError) || error.code !== 'store-unavailable') throw error;
    const { code, message, remedy, cause } = error;
    throw new OperatorError(code, message, `${remedy} Then run the same move again: it continues.`, {
      cause,
    });
  }
}

/**
 * What `moveDatabase` would move. Changes nothing.
 *
 * @param options `target` is null when it does not exist yet.
 * @throws OperatorError as `moveDatabase` before it copies the first row.
 */
export function planMove({
  source,
  target,
  restart = false,
  sliceBytes = SLICE_BYTES,
}: Omit<MoveOptions, 'target' | 'onProgress'> & { readonly target: Store | null }): Promise<
  readonly PlannedTable[]
> {
  return inSnapshot(source, async (from) => {
    const tables = await sliceTables(source, from, sliceBytes);
    if (target !== null) {
      const content = await withStoreErrors(target, () => readTargetContent(target.sql));
      if (content.kind === 'used') throw isUsed(target, content.tables);
      if (content.kind === 'unfinished' && !restart && content.move.fingerprint !== fingerprintOf(tables)) {
        throw isAnother(target, content.move);
      }
    }
    return tables.map(({ name, rows, diskBytes }) => ({ name, rows, diskBytes }));
  });
}

async function sliceTables(
  { description }: Store,
  sql: postgres.ISql,
  sliceBytes: number,
): Promise<readonly SlicedTable[]> {
  const tables: SlicedTable[] = [];
  for (const table of await readTables(sql)) tables.push(await sliceTable(sql, table, sliceBytes));
  if (tables.some(({ rows }) => rows > 0)) return tables;
  throw new OperatorError(
    'state-conflict',
    `The database (${description}) is empty, so there is nothing to move.`,
    'Check DATABASE_URL and CINEMATCH_HOME: they say which database is moved. On GitHub run `bootstrap` without `carry-over`, which loads a data set.',
  );
}

/** Equal for tables with the same columns and the same slices of keys. Other values are compared after the move. */
function fingerprintOf(tables: readonly SlicedTable[]): string {
  return sha256(
    canonicalJson(
      tables.map(({ name, columns, rows, sliceRows, ends }) => [name, columns, rows, sliceRows, ends]),
    ),
  );
}

async function moveTables(move: Move): Promise<MoveOutcome> {
  const { target, tables, restart = false } = move;
  const fingerprint = fingerprintOf(tables);
  const content = await readTargetContent(target.sql);
  if (content.kind === 'used') return compareUsed(move, content.tables);
  const discards = content.kind === 'unfinished' && restart;
  if (discards) await discardMove(target);
  if (content.kind === 'empty' || discards) await beginMove(target, fingerprint);
  else if (content.move.fingerprint !== fingerprint) throw isAnother(target, content.move);
  const { resumedRows, digests } = await copyTables(move);
  await finish(move, digests);
  return { status: 'moved', resumedRows, tables: digests };
}

/** A repeated move finds what it moved. Anything else is refused. */
async function compareUsed(move: Move, filled: readonly FilledTable[]): Promise<MoveOutcome> {
  const { source, target, from, tables, onProgress } = move;
  const counts = (of: readonly FilledTable[]): string =>
    canonicalJson(
      Object.fromEntries(of.filter(({ rows }) => rows > 0).map(({ name, rows }) => [name, rows])),
    );
  if (counts(tables) !== counts(filled)) throw isUsed(target, filled);
  const here = await withStoreErrors(source, () => digestTables(from, tables, onProgress));
  const there = await inSnapshot(target, (sql) => digestTables(sql, tables, onProgress));
  if (differingTables(here, there).length > 0) throw isUsed(target, filled);
  return { status: 'already-there', resumedRows: 0, tables: here };
}

/** Copies the slices that the target does not have yet, and computes the digests of the source. */
async function copyTables({
  source,
  target,
  from,
  tables,
  onProgress,
}: Move): Promise<{ readonly resumedRows: number; readonly digests: readonly TableDigest[] }> {
  let resumedRows = 0;
  const digests: TableDigest[] = [];
  for (const table of tables) {
    const present = await countRows(target.sql, table.name);
    // A slice is there completely or not at all.
    const complete = present === table.rows ? table.ends.length + 1 : present / table.sliceRows;
    if (!Number.isInteger(complete) || present > table.rows) throw isDifferent(target, [table.name]);
    resumedRows += present;
    const write = async (rows: Buffer, slice: number): Promise<void> => {
      if (slice >= complete && rows.length > 0) {
        await withStoreErrors(target, () =>
          target.sql.begin((sql) => sendBinaryCopy(sql, table.name, table.columns, rows)),
        );
      }
      onProgress(progressOf('moving', table, slice));
    };
    digests.push(await withStoreErrors(source, () => digestTable(from, table, write)));
  }
  return { resumedRows, digests };
}

/** Sets the sequences, verifies the target, and removes its mark. */
async function finish({ source, target, from, tables, onProgress }: Move, digests: readonly TableDigest[]) {
  const identities = await withStoreErrors(source, () => readIdentities(from, tables));
  await target.sql.begin((sql) => setIdentities(sql, identities));
  const there = await inSnapshot(target, (sql) => digestTables(sql, tables, onProgress));
  const different = differingTables(digests, there);
  if (different.length > 0) throw isDifferent(target, different);
  // Statistics for the planner. The embedded database does not collect them by itself.
  await target.sql`analyze`;
  await target.sql.begin((sql) => removeMoveMark(sql));
}

async function digestTables(
  sql: postgres.ISql,
  tables: readonly SlicedTable[],
  onProgress: OnProgress,
): Promise<readonly TableDigest[]> {
  const digests: TableDigest[] = [];
  for (const table of tables) {
    digests.push(
      await digestTable(sql, table, (_, slice) => onProgress(progressOf('verifying', table, slice))),
    );
  }
  return digests;
}

const progressOf = (what: string, table: SlicedTable, slice: number) => ({
  stage: `${what} ${table.name}`,
  done: rowsOfSlices(table, slice + 1),
  total: table.rows,
  unit: 'rows',
});
