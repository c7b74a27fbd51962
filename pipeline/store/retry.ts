import { withRetries } from '../lib/retry.ts';
import { unreachable } from './connect-server.ts';
import type { Store } from './store.ts';

/** Seconds before the second, the third and the fourth try. */
const PAUSES = [0.25, 0.5, 1];

/** The connection broke, or the server ended it to restart. Nothing was committed, or we cannot know. */
function isLostConnection(error: unknown): boolean {
  const { code = '' } = error as { readonly code?: string };
  return code.startsWith('CONNECTION_') || ['CONNECT_TIMEOUT', 'ECONNRESET', 'EPIPE', '57P01'].includes(code);
}

/**
 * Runs work again, after pauses that double, while the connection gets lost. Only for work that may be done
 * twice without harm.
 *
 * @throws OperatorError `store-unavailable` when it is lost every time; any other failure as it is.
 */
export async function retryLostConnections<T>(store: Store, work: () => Promise<T>): Promise<T> {
  try {
    return await withRetries({ pauses: PAUSES }, work, (error) => (isLostConnection(error) ? 0 : null));
  } catch (error) {
    throw isLostConnection(error) ? unreachable(store.description, error) : error;
  }
}
