import type { Duplex } from 'node:stream';
import postgres from 'postgres';
import { OperatorError } from '../lib/errors.ts';
import { claimDirectory } from './directory-claim.ts';
import { openPglite } from './load-pglite.ts';
import { PgliteSocket } from './pglite-socket.ts';
import { ServerSocket } from './server-socket.ts';
import { parseDatabaseUrl } from './server-url.ts';

/** An open database. The same statements run on both homes. */
export interface Store {
  readonly sql: postgres.Sql;
  readonly home: 'embedded' | 'postgres';
  /** Where it is, fit to be shown: `PGlite in .cinematch/pg`, `db.example.org:5432/cinematch`. */
  readonly description: string;
  /** Ends connections after running queries have ended. A second call does nothing. */
  close(): Promise<void>;
}

/** postgres.js takes a socket of the caller's own; its type declarations do not say so. */
type OptionsWithSocket = postgres.Options<Record<string, never>> & { readonly socket: () => Duplex };

const shared = {
  onnotice: () => {},
  // Columns only: keys inside JSON values are left as they are.
  transform: { column: { from: postgres.toCamel, to: postgres.fromCamel } },
  connection: { application_name: 'cinematch' },
} satisfies postgres.Options<Record<string, never>>;

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

async function connectServer(databaseUrl: string): Promise<Store> {
  const { url, prepare, description, ...endpoint } = parseDatabaseUrl(databaseUrl);
  const options: OptionsWithSocket = {
    ...shared,
    socket: () => new ServerSocket(endpoint),
    ssl: false,
    prepare,
    max: 4,
    connect_timeout: 20,
    idle_timeout: 30,
  };
  const sql = postgres(url, options);
  try {
    await sql`select 1`;
  } catch (cause) {
    await sql.end({ timeout: 0 });
    throw unreachable(description, cause);
  }
  return { sql, home: 'postgres', description, close: () => sql.end({ timeout: 1 }) };
}

/** The failure of a connection in words. The reason comes from the system or the server, never from the URL. */
export function unreachable(description: string, cause: unknown): OperatorError {
  const { code, message } = cause as { readonly code?: string; readonly message?: string };
  return new OperatorError(
    'store-unavailable',
    `The database at ${description} cannot be reached: ${message || code || 'no reason given'}.`,
    'Check DATABASE_URL, the network and that the server runs. A server without TLS on a trusted network takes ?sslmode=disable; one with its own certificate authority takes NODE_EXTRA_CA_CERTS.',
    { cause },
  );
}

async function openEmbedded(directory: string): Promise<Store> {
  const release = await claimDirectory(directory);
  try {
    const database = await openPglite(directory);
    const options: OptionsWithSocket = {
      ...shared,
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
