import type postgres from 'postgres';
import type { OnProgress } from '../lib/progress.ts';
import type { Ratings } from '../ratings/ratings.ts';

/** Number of rows in one COPY. The embedded database keeps them in memory, 32 bytes each. */
const BLOCK_ROWS = 524_288;
const ROW_BYTES = 32;
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const TRAILER = Buffer.from([0xff, 0xff]);

/**
 * Copies ratings into the columns user_id, movie_id, rated_at and half of a table, in PostgreSQL's binary format. Call it
 * inside a transaction.
 */
export async function copyRatings(
  sql: postgres.TransactionSql,
  table: string,
  ratings: Ratings,
  onProgress: OnProgress,
): Promise<void> {
  for (let from = 0; from < ratings.length; from += BLOCK_ROWS) {
    const to = Math.min(from + BLOCK_ROWS, ratings.length);
    await copyBlock(sql, table, encodeRows(ratings, from, to));
    onProgress({ stage: 'storing ratings', done: to, total: ratings.length, unit: 'ratings' });
  }
}

/**
 * Sends one COPY. When the server fails after the last row, the stream of postgres.js never ends. So this waits for the
 * next statement of the transaction, which fails in that case.
 */
async function copyBlock(sql: postgres.TransactionSql, table: string, rows: Buffer): Promise<void> {
  const stream = await sql`
    copy ${sql(table)} (user_id, movie_id, rated_at, half) from stdin (format binary)`.writable();
  await new Promise<void>((resolve, reject) => {
    stream.once('error', reject);
    stream.write(rows, (error) => (error ? reject(error) : resolve()));
  });
  stream.end();
  await sql`select 1`;
}

/**
 * Encodes rows `from` to `to` in binary COPY format: the number of fields, then each field with its length.
 * Format: https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format".
 */
function encodeRows({ userIds, movieIds, halves, ratedAt }: Ratings, from: number, to: number): Buffer {
  const bytes = Buffer.allocUnsafe(SIGNATURE.length + (to - from) * ROW_BYTES + TRAILER.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  SIGNATURE.copy(bytes);
  let at = SIGNATURE.length;
  for (let row = from; row < to; row++, at += ROW_BYTES) {
    view.setInt16(at, 4);
    view.setInt32(at + 2, 4);
    view.setInt32(at + 6, userIds[row] as number);
    view.setInt32(at + 10, 4);
    view.setInt32(at + 14, movieIds[row] as number);
    view.setInt32(at + 18, 4);
    view.setInt32(at + 22, ratedAt[row] as number);
    view.setInt32(at + 26, 2);
    view.setInt16(at + 30, halves[row] as number);
  }
  TRAILER.copy(bytes, at);
  return bytes;
}
