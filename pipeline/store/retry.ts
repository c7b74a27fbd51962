import { withRetries } from '../lib/retry.ts';
import { unreachable } from './database-failure.ts';
import type { Store } from './store.ts';

/** Seconds before the second attempt, the third, and so on: a minute together, longer than a restart or a failover. */
const PAUSES = [0.25, 0.5, 1, 2, 4, 8, 15, 30];
/** SQLSTATE of a connection that failed, and of a server that shuts down, has crashed or starts. */
const SERVER_AWAY = /^(08...|57P0[123])$/;
const CONNECTION_AWAY = new Set(['CONNECT_TIMEOUT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/**
 * Whether the connection was lost, the server closed it, or it does not take new ones yet. It is then unknown whether a
 * transaction was committed.
 */
function isLostConnection(error: unknown): boolean {
  const { code = '' } = error as { readonly code?: string };
  return code.startsWith('CONNECTION_') || CONNECTION_AWAY.has(code) || SERVER_AWAY.test(code);
}

/**
 * Repeats work after lost connections, with increasing pauses. Only for idempotent work.
 *
 * @throws OperatorError `store-unavailable` when every attempt loses the connection. Other errors are rethrown.
 */
export async function retryLostConnections<T>(store: Store, work: () => Promise<T>): Promise<T> {
  try {
    return await withRetries({ pauses: PAUSES }, work, (error) => (isLostConnection(error) ? 0 : null));
  } catch (error) {
    throw isLostConnection(error) ? unreachable(store.description, error) : error;
  }
}
