import type postgres from 'postgres';
import { OperatorError } from '../lib/errors.ts';

const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]', '']);

export interface ServerAddress {
  /** The URL without what the client would mistake for a server setting. Holds the password: never show it. */
  readonly url: string;
  readonly options: Pick<postgres.Options<Record<string, never>>, 'ssl' | 'prepare'>;
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
  const encrypted = mode === null ? !LOCAL_HOSTS.has(url.hostname) : mode !== 'disable';
  return {
    url: url.href,
    options: {
      ssl: encrypted ? 'verify-full' : false,
      // A transaction pooler hands every transaction another connection: a prepared statement would be lost.
      prepare: !url.hostname.includes('-pooler'),
    },
    description: `${url.hostname || 'localhost'}:${url.port || '5432'}${url.pathname || '/'}`,
  };
}
