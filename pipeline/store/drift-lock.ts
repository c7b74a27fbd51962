import { AsyncLocalStorage } from 'node:async_hooks';
import type { Store } from './store.ts';

/** The key of the advisory lock. Every process uses the same number. */
const KEY = 6_417_171;

/** The last promise in the queue of each store of this process. */
const queues = new WeakMap<Store, Promise<unknown>>();

const HELD = Symbol('the drift lock is held');

/** Proof that the drift lock is held. Functions that require the lock take it as a parameter. */
export interface DriftLock {
  readonly [HELD]: true;
}

/** The store whose lock the current work holds. */
const held = new AsyncLocalStorage<Store>();

/**
 * Runs work that reads and changes a drift episode. Only one call runs at a time, in all processes on the database. A
 * nested call fails immediately, because it would wait for itself.
 *
 * The lock belongs to a transaction, so it also works with a connection pooler. `work` runs on other connections. The
 * lock is released when the process ends.
 */
export function withDriftLock<T>(store: Store, work: (lock: DriftLock) => Promise<T>): Promise<T> {
  if (held.getStore() === store) {
    return Promise.reject(new Error('The drift lock is already held: pass the DriftLock as an argument.'));
  }
  // Queued in this process first, so that waiting calls do not take the connections that the work needs.
  const turn = (queues.get(store) ?? Promise.resolve()).then(() =>
    underLock(store, () => held.run(store, () => work({ [HELD]: true }))),
  );
  queues.set(
    store,
    turn.catch(() => {}),
  );
  return turn;
}

function underLock<T>({ home, sql }: Store, work: () => Promise<T>): Promise<T> {
  // The embedded database has one process and one connection.
  if (home === 'embedded') return work();
  return sql.begin(async (holder) => {
    // Hosting services end idle transactions, for example after five minutes. A check may wait longer for GitHub.
    await holder`set local idle_in_transaction_session_timeout = '60min'`;
    await holder`select pg_advisory_xact_lock(${KEY})`;
    return work();
  }) as Promise<T>;
}
