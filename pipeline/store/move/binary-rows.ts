import type postgres from 'postgres';
import { quoted, type TableShape } from './tables.ts';

/** Signature, flags and an empty header extension: https://www.postgresql.org/docs/current/sql-copy.html. */
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const TRAILER = Buffer.from([0xff, 0xff]);

/**
 * Reads the rows of a query in the binary format of COPY, without header and trailer. The bytes depend only on the
 * values, so equal rows have equal bytes on every database.
 */
export async function readBinaryRows(sql: postgres.ISql, query: string): Promise<Buffer> {
  const stream = await sql.unsafe(`copy (${query}) to stdout (format binary)`).readable();
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    let buffer = Buffer.allocUnsafe(1 << 16);
    let length = 0;
    stream.on('data', (chunk: Buffer) => {
      if (length + chunk.length > buffer.length) {
        const larger = Buffer.allocUnsafe(2 * (length + chunk.length));
        buffer.copy(larger, 0, 0, length);
        buffer = larger;
      }
      length += chunk.copy(buffer, length);
    });
    stream.once('error', reject);
    stream.once('end', () => {
      // postgres.js pauses the connection when its stream is full, and resumes it only when the stream is read again.
      // A stream that has ended is not.
      stream._read(0);
      resolve(buffer.subarray(0, length));
    });
  });
  const end = bytes.length - TRAILER.length;
  if (!bytes.subarray(0, HEADER.length).equals(HEADER) || !bytes.subarray(end).equals(TRAILER)) {
    throw new Error(`COPY gave ${bytes.length} bytes that are not in its binary format`);
  }
  return bytes.subarray(HEADER.length, end);
}

/** Writes rows of `readBinaryRows` into the columns of a table. Call it inside a transaction. */
export async function writeBinaryRows(
  sql: postgres.TransactionSql,
  { name, columns }: TableShape,
  rows: Buffer,
): Promise<void> {
  const stream = await sql
    .unsafe(`copy ${quoted(name)} (${columns.map(quoted).join(', ')}) from stdin (format binary)`)
    .writable();
  await new Promise<void>((resolve, reject) => {
    stream.once('error', reject);
    stream.write(HEADER);
    stream.write(rows);
    stream.write(TRAILER, (error) => (error ? reject(error) : resolve()));
  });
  stream.end();
  // When the server fails after the last row, the stream never ends. The next statement of the transaction then fails.
  await sql`select 1`;
}

/**
 * Counts rows in the binary format of COPY.
 *
 * @throws Error when a row is not complete.
 */
export function countBinaryRows(bytes: Buffer): number {
  let rows = 0;
  let at = 0;
  for (; at < bytes.length; rows++) {
    const fields = bytes.readInt16BE(at);
    at += 2;
    for (let field = 0; field < fields; field++) at += 4 + Math.max(0, bytes.readInt32BE(at));
  }
  if (at !== bytes.length) throw new Error(`row ${rows} ends after the last byte`);
  return rows;
}
