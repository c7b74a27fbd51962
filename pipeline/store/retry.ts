import { withRetries } from '../lib/retry.ts';
import { unreachable } from './connect-server.ts';
import type { Store } from './store.ts';

/** Seconds before the second, third and fourth attempt. */
const PAUSES = [0.25, 0.5, 1];

/** Whether the connection was lost or the server closed it. It is then unknown whether a transaction was committed. */
function isLostConnection(error: unknown): boolean {
  const { code = '' } = error as { readonly code?: string };
  return code.startsWith('CONNECTION_') || ['CONNECT_TIMEOUT', 'ECONNRESET', 'EPIPE', '57P01'].includes(code);
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
