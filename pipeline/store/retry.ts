import { setTimeout as pause } from 'node:timers/promises';
import { unreachable } from './connect-server.ts';
import type { Store } from './store.ts';

const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 250;

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
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isLostConnection(error)) throw error;
      if (attempt === ATTEMPTS) throw unreachable(store.description, error);
      await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}
