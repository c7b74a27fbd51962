import type postgres from 'postgres';
import { COPY_HEADER, COPY_TRAILER } from '../binary-copy.ts';

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
  const end = bytes.length - COPY_TRAILER.length;
  if (
    !bytes.subarray(0, COPY_HEADER.length).equals(COPY_HEADER) ||
    !bytes.subarray(end).equals(COPY_TRAILER)
  ) {
    throw new Error(`COPY gave ${bytes.length} bytes that are not in its binary format`);
  }
  return bytes.subarray(COPY_HEADER.length, end);
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
