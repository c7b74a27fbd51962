import { OperatorError } from '../lib/errors.ts';
import type { ServerEndpoint } from './server-socket.ts';

/** The free plan of Neon: https://neon.com/docs/introduction/plans. */
const NEON = { host: /\.neon\.tech$/, megabytes: 512 };

/** Hosts and the port of poolers: PgBouncer of Neon, and Supavisor of Supabase in transaction mode. */
const POOLER_HOST = /-pooler\.|(^|\.)pooler\./;
const POOLER_PORT = 6543;

/**
 * Parameters that other clients read and that are no settings of the server. This client needs none of them: it encrypts
 * and verifies by itself.
 */
const OF_OTHER_CLIENTS = [
  'channel_binding',
  'connect_timeout',
  'connection_limit',
  'gssencmode',
  'pgbouncer',
  'pool_timeout',
  'prepared_statements',
  'socket_timeout',
  'sslmode',
  'sslnegotiation',
  'sslrootcert',
  'statement_cache_size',
  'target_session_attrs',
  'uselibpqcompat',
];
/** Parameters that change whom the server trusts, and that this client does not read. */
const CLIENT_CERTIFICATE = ['sslcert', 'sslkey', 'sslpassword'];

const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '::1']);

export interface ParsedDatabaseUrl extends ServerEndpoint {
  /** The URL without parameters that the client would send to the server as settings. It has the password: never show it. */
  readonly url: string;
  /**
   * Whether a pooler answers, which may use another connection of the server for every transaction: a prepared statement
   * then does not exist where it is needed. `unknown` where neither the name nor the port tells.
   */
  readonly pooling: 'pooled' | 'direct' | 'unknown';
  /** As in `Store`. */
  readonly planMegabytes: number | null;
  /** `host:port/database`, without secrets. */
  readonly description: string;
}

/**
 * Parses a database URL as hosting services print it. Connections are encrypted and certificates are verified, except on
 * this machine or with `sslmode=disable`. Parameters of other clients are accepted; a `schema` becomes the search path,
 * and what is left is sent to the server as settings.
 *
 * @throws OperatorError `store-unavailable` when it is not a PostgreSQL URL, or when it names certificate files. The
 * message shows no secret.
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
  const { searchParams } = url;
  const mode = searchParams.get('sslmode');
  const isPooler = searchParams.get('pgbouncer') === 'true';
  refuseCertificateFiles(searchParams);
  const schema = searchParams.get('schema');
  for (const name of [...OF_OTHER_CLIENTS, 'schema']) searchParams.delete(name);
  if (schema !== null && schema !== 'public') searchParams.set('search_path', schema);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1') || 'localhost';
  const port = Number(url.port || 5432);
  return {
    url: url.href,
    host,
    port,
    encrypted: mode === null ? !LOCAL_HOSTS.has(host) : mode !== 'disable',
    planMegabytes: NEON.host.test(host) ? NEON.megabytes : null,
    pooling:
      isPooler || POOLER_HOST.test(host) || port === POOLER_PORT
        ? 'pooled'
        : NEON.host.test(host)
          ? 'direct'
          : 'unknown',
    description: `${host}:${port}${url.pathname}`,
  };
}

/** @throws OperatorError `store-unavailable` when a certificate is in a file that only the URL names. */
function refuseCertificateFiles(parameters: URLSearchParams): void {
  const root = parameters.get('sslrootcert');
  if (root !== null && root !== 'system') {
    throw new OperatorError(
      'store-unavailable',
      `DATABASE_URL has sslrootcert=${root}. This client does not read it from the URL.`,
      'Remove it from the URL, and set the variable NODE_EXTRA_CA_CERTS to the file.',
    );
  }
  const name = CLIENT_CERTIFICATE.find((each) => parameters.has(each));
  if (name === undefined) return;
  throw new OperatorError(
    'store-unavailable',
    `DATABASE_URL has ${name}: client certificates are not supported.`,
    'Use a role with a password.',
  );
}
