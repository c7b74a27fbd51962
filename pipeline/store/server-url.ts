import { OperatorError } from '../lib/errors.ts';
import type { ServerEndpoint } from './server-socket.ts';

/** The free plan of Neon: https://neon.com/docs/introduction/plans. */
const NEON = { host: /\.neon\.tech$/, megabytes: 512 };

const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '::1']);

export interface ParsedDatabaseUrl extends ServerEndpoint {
  /** The URL without parameters that the client would send to the server as settings. It has the password: never show it. */
  readonly url: string;
  /** Whether to use prepared statements. False for a pooler that may use several connections for one client. */
  readonly prepare: boolean;
  /** As in `Store`. */
  readonly planMegabytes: number | null;
  /** `host:port/database`, without secrets. */
  readonly description: string;
}

/**
 * Parses a database URL of a hosting service. Connections are encrypted and certificates are verified, except on this
 * machine or with `sslmode=disable`.
 *
 * @throws OperatorError `store-unavailable` when it is not a PostgreSQL URL. The message shows no part of it.
 */
export function parseDatabaseUrl(databaseUrl: string): ParsedDatabaseUrl {
  if (!URL.canParse(databaseUrl) || !/^postgres(ql)?:$/.test(new URL(databaseUrl).protocol)) {
    throw new OperatorError(
      'store-unavailable',
      'DATABASE_URL is not a PostgreSQL URL.',
      'Write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE, with special characters of the password percent-encoded.',
    );
  }
  const url = new URL(databaseUrl);
  const mode = url.searchParams.get('sslmode');
  url.searchParams.delete('sslmode');
  url.searchParams.delete('channel_binding');
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1') || 'localhost';
  const port = Number(url.port || 5432);
  return {
    url: url.href,
    host,
    port,
    encrypted: mode === null ? !LOCAL_HOSTS.has(host) : mode !== 'disable',
    planMegabytes: NEON.host.test(host) ? NEON.megabytes : null,
    prepare: !host.includes('-pooler'),
    description: `${host}:${port}${url.pathname}`,
  };
}
