import type { Store } from './store.ts';

/** A store that is opened when it is needed, and opened anew after it has failed. */
export interface RenewedStore {
  /** @throws whatever opening or the work throws; after a failure to open the next use tries again. */
  use<T>(work: (store: Store) => Promise<T>): Promise<T>;
  /**
   * Gives a store up that has failed: the next use opens another, and what goes on with this one may be cut off. One
   * that was given up before is left alone, for whoever failed with it as well.
   */
  renew(failed: Store): void;
  close(): Promise<void>;
}

/**
 * For a process that outlives its database server. A client that has lost its server now and then keeps waiting for a
 * connection that it has given up, so after a failure it is not asked again: a new one has nothing to remember.
 *
 * @param open opens a store, and may fail.
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
  const giveUp = async (): Promise<void> => {
    const given = opening;
    opening = null;
    current = null;
    // What cannot be opened or closed any more leaves nothing behind.
    await given?.then((store) => store.close()).catch(() => {});
  };
  return {
    use: async (work) => work(await opened()),
    renew: (failed) => {
      if (failed === current) void giveUp();
    },
    close: giveUp,
  };
}
