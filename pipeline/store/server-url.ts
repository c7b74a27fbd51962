import { OperatorError } from '../lib/errors.ts';
import type { ServerEndpoint } from './server-socket.ts';

const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '::1']);

export interface ServerAddress extends ServerEndpoint {
  /** The URL without what the client would mistake for a server setting. Holds the password: never show it. */
  readonly url: string;
  /** False where transactions of one client may run on different connections of a pooler. */
  readonly prepare: boolean;
  /** `host:port/database`, fit to be shown. */
  readonly description: string;
}

/**
 * Reads a database URL as hosting services give it. Certificates are verified whenever the connection is
 * encrypted; it is unencrypted only to this machine or where the URL says `sslmode=disable`.
 *
 * @throws OperatorError `store-unavailable` when it is no PostgreSQL URL. The message shows nothing of it.
 */
export function parseDatabaseUrl(databaseUrl: string): ServerAddress {
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
    prepare: !host.includes('-pooler'),
    description: `${host}:${port}${url.pathname}`,
  };
}
