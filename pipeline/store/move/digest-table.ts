import { createHash } from 'node:crypto';
import type postgres from 'postgres';
import { countBinaryRows, readBinaryRows } from './binary-rows.ts';
import { type SlicedTable, sliceQuery } from './slices.ts';

/** What is equal for equal tables of two databases. */
export interface TableDigest {
  readonly name: string;
  readonly rows: number;
  /** In the binary format of COPY. */
  readonly bytes: number;
  /** SHA-256 of all rows in this format, in the order of the primary key. */
  readonly sha256: string;
}

/**
 * Reads all rows of a table, slice by slice, and computes their digest.
 *
 * @param onSlice gets the rows of each slice, before the next one is read.
 */
export async function digestTable(
  sql: postgres.ISql,
  table: SlicedTable,
  onSlice: (rows: Buffer, slice: number) => Promise<void> | void,
): Promise<TableDigest> {
  const hash = createHash('sha256');
  let [rows, bytes] = [0, 0];
  for (let slice = 0; slice <= table.ends.length; slice++) {
    const read = await readBinaryRows(sql, sliceQuery(table, slice));
    hash.update(read);
    rows += countBinaryRows(read);
    bytes += read.length;
    await onSlice(read, slice);
  }
  return { name: table.name, rows, bytes, sha256: hash.digest('hex') };
}

/** Names of the tables whose rows differ. */
export function differingTables(
  here: readonly TableDigest[],
  there: readonly TableDigest[],
): readonly string[] {
  const differ = here.filter(({ sha256 }, index) => there[index]?.sha256 !== sha256);
  return differ.map(({ name }) => name);
}
