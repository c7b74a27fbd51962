import type postgres from 'postgres';

/** Signature, flags and an empty header extension: https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format". */
export const COPY_HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
export const COPY_TRAILER = Buffer.from([0xff, 0xff]);

/** A query of postgres.js, which is rejected by its connection. The promise is resolved when the COPY begins. */
interface Rejectable {
  reject: (reason: unknown) => void;
}

/**
 * Sends one COPY into columns of a table, in PostgreSQL's binary format. Call it inside a transaction.
 *
 * When the server fails after the last row, the stream of postgres.js never ends. So this waits for the next statement of
 * the transaction, which fails in that case, and throws the reason that postgres.js rejects the COPY with, because the
 * next statement only says that the transaction was aborted.
 *
 * @param rows the encoded rows, without header and trailer.
 */
export async function sendBinaryCopy(
  sql: postgres.TransactionSql,
  table: string,
  columns: readonly string[],
  rows: Buffer,
): Promise<void> {
  const query = sql`copy ${sql(table)} (${sql([...columns])}) from stdin (format binary)`;
  const stream = await query.writable();
  let failure: unknown;
  (query as unknown as Rejectable).reject = (reason) => {
    failure = reason;
  };
  await new Promise<void>((resolve, reject) => {
    stream.once('error', reject);
    stream.write(COPY_HEADER);
    stream.write(rows);
    stream.write(COPY_TRAILER, (error) => (error ? reject(error) : resolve()));
  });
  stream.end();
  await sql`select 1`.catch((error: unknown) => {
    throw failure ?? error;
  });
}
