import type { Store } from './store.ts';

/** A store that is opened when it is needed, and opened again after a failure. */
export interface RenewedStore {
  /** @throws errors of opening or of the work. After a failure to open, the next use tries again. */
  use<T>(work: (store: Store) => Promise<T>): Promise<T>;
  /**
   * Discards a failed store. The next use opens a new one; running work on the failed store may be interrupted. Does
   * nothing if the store was discarded before.
   */
  renew(failed: Store): void;
  close(): Promise<void>;
}

/**
 * Creates a store for a process that runs longer than its database server. After a lost connection, a postgres.js client
 * sometimes waits for a connection that it no longer opens, so a failed client is replaced by a new one.
 *
 * @param open opens a store; it may fail.
 */
export function renewedStore(open: () => Promise<Store>): RenewedStore {
  let opening: Promise<Store> | null = null;
  let current: Store | null = null;
  const opened = async (): Promise<Store> => {
    opening ??= open();
    const mine = opening;
    try {
      const store = await mine;
      if (opening === mine) current = store;
      return store;
    } catch (error) {
      if (opening === mine) opening = null;
      throw error;
    }
  };
  const discard = async (): Promise<void> => {
    const discarded = opening;
    opening = null;
    current = null;
    // A store that cannot be opened or closed needs no cleanup.
    await discarded?.then((store) => store.close()).catch(() => {});
  };
  return {
    use: async (work) => work(await opened()),
    renew: (failed) => {
      if (failed === current) void discard();
    },
    close: discard,
  };
}
