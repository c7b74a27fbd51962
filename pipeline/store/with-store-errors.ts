import { OperatorError } from '../lib/errors.ts';
import { unreachable } from './connect-server.ts';
import type { Store } from './store.ts';

/** Codes of failed connections from postgres.js, the system and TLS. */
const CONNECTION_FAILURE =
  /^(CONNECT|E[A-Z]+$|EAI_|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS_|ERR_SSL_)/;
/** SQLSTATE of a server that is not available: connection, login, database, resources, shutdown, read-only. */
const SERVER_FAILURE = /^(08|28|3D|53|57)...$|^25006$/;
/** SQLSTATE of a missing table or column. */
const MISSING = new Set(['42P01', '42703']);

/**
 * Runs work on a store that was opened without a check, or whose server may stop at any time.
 *
 * @throws OperatorError `store-unavailable` when the database is not available, `store-schema` when it was not migrated.
 * Other errors are rethrown.
 */
export async function withStoreErrors<T>(
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
      `The schema of the database at ${description} is too old: ${(error as Error).message}.`,
      'Update the schema: cinematch migrate.',
      { cause: error },
    );
  }
}
