import type { Store } from './store.ts';

/** A store that is open only while it is used, so that other processes can use it in between. */
export interface LeasedStore {
  /**
   * Runs work on the store and opens it if necessary. Concurrent uses share one store.
   *
   * @throws errors of opening, such as `store-busy`. The next use tries again.
   */
  use<T>(work: (store: Store) => Promise<T>): Promise<T>;
  /** Waits until all uses end and closes the store. It cannot be used afterwards. */
  close(): Promise<void>;
}

/** Calls `callback` after a number of milliseconds. The returned function cancels it. */
export type SetTimer = (callback: () => void, milliseconds: number) => () => void;

const setSystemTimer: SetTimer = (callback, milliseconds) => {
  const timer = setTimeout(callback, milliseconds);
  return () => clearTimeout(timer);
};

/**
 * Creates a leased store. Only one process at a time can open the embedded database, so a long-running process must not
 * keep it open.
 *
 * @param open opens the store. It is not called again before the opened store was closed.
 * @param options.idleMs how long the store stays open after the last use.
 */
export function leasedStore(
  open: () => Promise<Store>,
  { idleMs, setTimer = setSystemTimer }: { readonly idleMs: number; readonly setTimer?: SetTimer },
): LeasedStore {
  const uses = new Set<Promise<unknown>>();
  let opened: Promise<Store> | null = null;
  /** Ends when the previous store is closed. */
  let closing: Promise<void> = Promise.resolve();
  let cancelTimer = (): void => {};
  let isClosed = false;

  const release = (): void => {
    if (opened === null) return;
    const store = opened;
    opened = null;
    closing = store.then((last) => last.close());
    // A failure is reported to the next caller that opens.
    closing.catch(() => {});
  };

  const acquire = async (): Promise<Store> => {
    const before = closing;
    closing = Promise.resolve();
    await before;
    return open();
  };

  const run = async <T>(work: (store: Store) => Promise<T>): Promise<T> => {
    cancelTimer();
    opened ??= acquire();
    const own = opened;
    const store = await own.catch((error: unknown) => {
      if (opened === own) opened = null;
      throw error;
    });
    return work(store);
  };

  return {
    async use<T>(work: (store: Store) => Promise<T>): Promise<T> {
      if (isClosed) throw new Error('the leased store was closed');
      const use = run(work);
      uses.add(use);
      try {
        return await use;
      } finally {
        uses.delete(use);
        if (uses.size === 0 && !isClosed) {
          cancelTimer();
          cancelTimer = setTimer(release, idleMs);
        }
      }
    },
    async close(): Promise<void> {
      isClosed = true;
      cancelTimer();
      await Promise.allSettled(uses);
      release();
      await closing;
    },
  };
}
