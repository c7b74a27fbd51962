import type { Store } from './store.ts';

/** A store that is opened when it is needed, and opened anew after it has failed. */
export interface RenewedStore {
  use<T>(work: (store: Store) => Promise<T>): Promise<T>;
  /** The next use opens another store. What goes on with this one may be cut off. */
  renew(): void;
  close(): Promise<void>;
}

/**
 * For a process that outlives its database server. A client that has lost its server now and then keeps waiting for a
 * connection that it has given up, so after a failure it is not asked again: a new one has nothing to remember.
 *
 * @param open opens a store, and may fail; the next use tries again.
 */
export function renewedStore(open: () => Promise<Store>): RenewedStore {
  let opened: Promise<Store> | null = null;
  const giveUp = async (): Promise<void> => {
    const given = opened;
    opened = null;
    // What cannot be opened or closed any more leaves nothing behind.
    await given?.then((store) => store.close()).catch(() => {});
  };
  return {
    use: async (work) => {
      opened ??= open();
      return work(await opened);
    },
    renew: () => void giveUp(),
    close: giveUp,
  };
}
