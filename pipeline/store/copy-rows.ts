import type postgres from 'postgres';
import { sendBinaryCopy } from './binary-copy.ts';

/** A column of whole numbers: `smallint` with 2 bytes, `integer` with 4. */
interface NumberColumn {
  readonly name: string;
  readonly bytes: 2 | 4;
  readonly values: ArrayLike<number>;
}

/** Number of rows in one COPY of numbers. The embedded database keeps them in memory, 32 bytes each. */
const BLOCK_ROWS = 524_288;
/** Size of one COPY of packed bytes. */
const BLOCK_BYTES = 8 << 20;

/**
 * Copies rows of numbers into a table, in PostgreSQL's binary format. Call it inside a transaction.
 *
 * @param onRows is told how many rows are sent.
 */
export async function copyNumbers(
  sql: postgres.TransactionSql,
  table: string,
  columns: readonly NumberColumn[],
  onRows: (done: number) => void = () => {},
): Promise<void> {
  const length = columns[0]?.values.length ?? 0;
  for (let from = 0; from < length; from += BLOCK_ROWS) {
    const to = Math.min(from + BLOCK_ROWS, length);
    const names = columns.map(({ name }) => name);
    await sendBinaryCopy(sql, table, names, encodeNumbers(columns, from, to));
    onRows(to);
  }
}

/** Copies rows of an id and bytes into a table. Call it inside a transaction. */
export async function copyBytes(
  sql: postgres.TransactionSql,
  table: string,
  columns: readonly [id: string, bytes: string],
  rows: readonly { readonly id: number; readonly bytes: Uint8Array }[],
): Promise<void> {
  for (let from = 0, to = 0; from < rows.length; from = to) {
    let size = 0;
    while (to < rows.length && size < BLOCK_BYTES) size += 14 + (rows[to++]?.bytes.length ?? 0);
    const block = Buffer.allocUnsafe(size);
    let at = 0;
    for (const { id, bytes } of rows.slice(from, to)) {
      at = block.writeInt16BE(2, at);
      at = block.writeInt32BE(4, at);
      at = block.writeInt32BE(id, at);
      at = block.writeInt32BE(bytes.length, at);
      block.set(bytes, at);
      at += bytes.length;
    }
    await sendBinaryCopy(sql, table, columns, block);
  }
}

/**
 * Encodes rows `from` to `to` in binary COPY format: the number of fields, then each field with its length.
 * Format: https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format".
 */
function encodeNumbers(columns: readonly NumberColumn[], from: number, to: number): Buffer {
  const rowBytes = columns.reduce((sum, { bytes }) => sum + 4 + bytes, 2);
  const block = Buffer.allocUnsafe((to - from) * rowBytes);
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  for (let row = from, at = 0; row < to; row++, at += rowBytes) view.setInt16(at, columns.length);
  let offset = 2;
  for (const { bytes, values } of columns) {
    for (let row = from, at = offset; row < to; row++, at += rowBytes) {
      view.setInt32(at, bytes);
      if (bytes === 2) view.setInt16(at + 4, values[row] as number);
      else view.setInt32(at + 4, values[row] as number);
    }
    offset += 4 + bytes;
  }
  return block;
}
