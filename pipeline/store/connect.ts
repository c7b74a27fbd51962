import postgres from 'postgres';
import { OperatorError } from '../lib/errors.ts';
import { type ClientOptions, SHARED_OPTIONS } from './client-options.ts';
import { connectServer } from './connect-server.ts';
import { claimDirectory } from './directory-claim.ts';
import { openPglite } from './load-pglite.ts';
import { PgliteSocket } from './pglite-socket.ts';
import type { Store } from './store.ts';

/**
 * Opens the database: a PostgreSQL server when a URL is given, otherwise PGlite in this process with its
 * files in `directory`.
 *
 * @throws OperatorError `store-unavailable` when the database cannot be opened, `store-busy` when another
 * process has the embedded one open.
 */
export function connectStore(options: {
  readonly databaseUrl?: string | undefined;
  readonly directory: string;
}): Promise<Store> {
  return options.databaseUrl ? connectServer(options.databaseUrl) : openEmbedded(options.directory);
}

async function openEmbedded(directory: string): Promise<Store> {
  const release = await claimDirectory(directory);
  try {
    const database = await openPglite(directory);
    const options: ClientOptions = {
      ...SHARED_OPTIONS,
      socket: () => new PgliteSocket(database),
      max: 1,
      database: 'postgres',
      user: 'postgres',
      ssl: false,
    };
    const sql = postgres(options);
    let closing: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      await sql.end({ timeout: 5 });
      await database.close();
      release();
    };
    return {
      sql,
      home: 'embedded',
      description: `PGlite in ${directory}`,
      close: () => {
        closing ??= close();
        return closing;
      },
    };
  } catch (cause) {
    release();
    throw new OperatorError(
      'store-unavailable',
      `The embedded database in ${directory} cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}.`,
      'Check that the directory can be written and the disk is not full. A damaged database starts afresh once its folder is removed.',
      { cause },
    );
  }
}
