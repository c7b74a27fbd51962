import postgres from 'postgres';
import { OperatorError } from '../lib/errors.ts';
import { type ClientOptions, SHARED_OPTIONS } from './client-options.ts';
import { ServerSocket } from './server-socket.ts';
import { parseDatabaseUrl } from './server-url.ts';
import type { Store } from './store.ts';

export interface ServerOptions {
  /** Connections at most. @default 4 */
  readonly max?: number;
  /** @default 20 */
  readonly connectTimeoutSeconds?: number;
  /**
   * A connection on which nothing was said for so long is taken as lost: with a query that waits for its
   * answer that query fails, and without one the next query opens another.
   *
   * @default none, for a batch may take the server minutes.
   */
  readonly silenceSeconds?: number;
  /** Connects with the first query, which then fails where there is no server. @default false */
  readonly lazy?: boolean;
}

/**
 * Opens the database of a PostgreSQL server. Nothing of the embedded database is loaded.
 *
 * @throws OperatorError `store-unavailable` when the URL is none, and, unless `lazy`, when nothing answers.
 */
export async function connectServer(databaseUrl: string, options: ServerOptions = {}): Promise<Store> {
  const { max = 4, connectTimeoutSeconds = 20, silenceSeconds, lazy = false } = options;
  const { url, prepare, description, ...endpoint } = parseDatabaseUrl(databaseUrl);
  const clientOptions: ClientOptions = {
    ...SHARED_OPTIONS,
    socket: () => new ServerSocket(endpoint, silenceSeconds),
    ssl: false,
    prepare,
    max,
    connect_timeout: connectTimeoutSeconds,
    idle_timeout: 30,
  };
  const sql = postgres(url, clientOptions);
  if (!lazy) {
    try {
      await sql`select 1`;
    } catch (cause) {
      await sql.end({ timeout: 0 });
      throw unreachable(description, cause);
    }
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
