import postgres from 'postgres';
import { type ClientOptions, SHARED_OPTIONS } from './client-options.ts';
import { unreachable } from './database-failure.ts';
import { ServerSocket } from './server-socket.ts';
import { parseDatabaseUrl } from './server-url.ts';
import type { Store } from './store.ts';

export interface ServerOptions {
  /** Maximum number of connections. @default 4 */
  readonly max?: number;
  /** @default 20 */
  readonly connectTimeoutSeconds?: number;
  /**
   * A connection without traffic for this time counts as lost. A waiting query fails; otherwise the next query opens
   * another connection.
   *
   * @default none, because a batch may take the server minutes.
   */
  readonly inactivitySeconds?: number;
  /** Connects with the first query, which fails if there is no server. @default false */
  readonly lazy?: boolean;
}

/**
 * Connects to the database of a PostgreSQL server. It does not load the embedded database.
 *
 * Statements are prepared unless a pooler answers: the URL may tell, otherwise the server is asked. A lazy connection does
 * not ask, and prepares nothing unless the URL tells that no pooler answers.
 *
 * @throws OperatorError `store-unavailable` when the URL is invalid or, unless `lazy`, the server does not answer.
 */
export async function connectServer(databaseUrl: string, options: ServerOptions = {}): Promise<Store> {
  const { max = 4, connectTimeoutSeconds = 20, inactivitySeconds, lazy = false } = options;
  const { url, pooling, description, planMegabytes, ...endpoint } = parseDatabaseUrl(databaseUrl);
  const clientOptions: ClientOptions = {
    ...SHARED_OPTIONS,
    socket: () => new ServerSocket(endpoint, inactivitySeconds),
    ssl: false,
    prepare: pooling === 'direct' || (pooling === 'unknown' && !lazy),
    max,
    connect_timeout: connectTimeoutSeconds,
    idle_timeout: 30,
  };
  let sql = postgres(url, clientOptions);
  if (!lazy) {
    try {
      if ((await isPooled(sql)) && clientOptions.prepare === true) {
        await sql.end({ timeout: 1 });
        sql = postgres(url, { ...clientOptions, prepare: false });
      }
    } catch (cause) {
      await sql.end({ timeout: 0 });
      throw unreachable(description, cause);
    }
  }
  return { sql, home: 'postgres', description, planMegabytes, close: () => sql.end({ timeout: 1 }) };
}

/**
 * Whether a pooler answers. At the beginning of a connection a server tells the number of its process; a pooler tells a
 * number of its own, because the process that runs a query is not decided yet.
 */
async function isPooled(sql: postgres.Sql): Promise<boolean> {
  const answer = await sql.unsafe<{ pid: number }[]>('select pg_backend_pid() as pid', [], {
    prepare: false,
  });
  return answer[0]?.pid !== answer.state.pid;
}
