import { AsyncLocalStorage } from 'node:async_hooks';
import type { Store } from './store.ts';

/** Any number, the same in every process: the key of the advisory lock. */
const KEY = 6_417_171;

/** The last in the queue of each store of this process. */
const queues = new WeakMap<Store, Promise<unknown>>();

const HELD = Symbol('the drift lock is held');

/** Proof that the drift lock is held. Functions that must run under the lock take it as a parameter. */
export interface DriftLock {
  readonly [HELD]: true;
}

/** The store whose lock the present work holds. */
const held = new AsyncLocalStorage<Store>();

/**
 * Does the work that reads and changes a drift episode, one at a time: whoever else asks, in this process or
 * another on the same database, waits its turn. Work that asks for the lock it holds fails at once, because it
 * would wait for itself.
 *
 * The lock is that of a transaction, which also holds behind a connection pooler; `work` runs on other
 * connections. It ends with the process that holds it.
 */
export function withDriftLock<T>(store: Store, work: (lock: DriftLock) => Promise<T>): Promise<T> {
  if (held.getStore() === store) {
    return Promise.reject(new Error('The drift lock is held already: hand the DriftLock down.'));
  }
  // Queued here first, so that those who wait do not take the connections that the work needs.
  const turn = (queues.get(store) ?? Promise.resolve()).then(() =>
    underLock(store, () => held.run(store, () => work({ [HELD]: true }))),
  );
  queues.set(
    store,
    turn.catch(() => {}),
  );
  return turn;
}

async function underLock<T>({ home, sql }: Store, work: () => Promise<T>): Promise<T> {
  // The embedded database has one process and one connection.
  if (home === 'embedded') return work();
  let result: { readonly value: T } | undefined;
  await sql.begin(async (holder) => {
    // Services end transactions that idle, after five minutes for instance; a check may wait longer for GitHub.
    await holder`set local idle_in_transaction_session_timeout = '60min'`;
    await holder`select pg_advisory_xact_lock(${KEY})`;
    result = { value: await work() };
  });
  return (result as unknown as { readonly value: T }).value;
}
