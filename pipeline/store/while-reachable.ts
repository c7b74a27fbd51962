import { OperatorError } from '../lib/errors.ts';
import { unreachable } from './connect-server.ts';
import type { Store } from './store.ts';

/** As postgres.js, the system and TLS name the failures of a connection. */
const CONNECTION_FAILURE =
  /^(CONNECT|E[A-Z]+$|EAI_|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS_|ERR_SSL_)/;
/** SQLSTATE of a server that will not serve now: connection, login, database, resources, shut-down, read-only. */
const SERVER_FAILURE = /^(08|28|3D|53|57)...$|^25006$/;
/** SQLSTATE of a table or column that is not there. */
const MISSING = new Set(['42P01', '42703']);

/**
 * Does work on a store that was opened without asking whether it is there, as a server may go at any time.
 *
 * @throws OperatorError `store-unavailable` when the database cannot be reached or will not serve now,
 * `store-schema` when it was not migrated; any other failure as it is.
 */
export async function whileReachable<T>(
  { description }: Pick<Store, 'description'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (typeof code !== 'string' || error instanceof OperatorError) throw error;
    if (CONNECTION_FAILURE.test(code) || SERVER_FAILURE.test(code)) throw unreachable(description, error);
    if (!MISSING.has(code)) throw error;
    throw new OperatorError(
      'store-schema',
      `The database at ${description} lacks what this program asks for: ${(error as Error).message}.`,
      'Bring its schema up to date: cinematch migrate.',
      { cause: error },
    );
  }
}
