import type postgres from 'postgres';

/** Signature, flags and an empty header extension: https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format". */
export const COPY_HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
export const COPY_TRAILER = Buffer.from([0xff, 0xff]);

/**
 * Sends one COPY into columns of a table, in PostgreSQL's binary format. Call it inside a transaction.
 *
 * When the server fails after the last row, the stream of postgres.js never ends. So this waits for the next statement of
 * the transaction, which fails in that case.
 *
 * @param rows the encoded rows, without header and trailer.
 */
export async function sendBinaryCopy(
  sql: postgres.TransactionSql,
  table: string,
  columns: readonly string[],
  rows: Buffer,
): Promise<void> {
  const stream = await sql`copy ${sql(table)} (${sql([...columns])}) from stdin (format binary)`.writable();
  await new Promise<void>((resolve, reject) => {
    stream.once('error', reject);
    stream.write(COPY_HEADER);
    stream.write(rows);
    stream.write(COPY_TRAILER, (error) => (error ? reject(error) : resolve()));
  });
  stream.end();
  await sql`select 1`;
}
