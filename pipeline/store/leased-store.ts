import type { Store } from './store.ts';

/** A store that is open while it is used, and free for other processes in between. */
export interface LeasedStore {
  /**
   * Works on the store, which is opened when it is not open. Uses share one store.
   *
   * @throws whatever opening throws, `store-busy` for instance; the next use tries again.
   */
  use<T>(work: (store: Store) => Promise<T>): Promise<T>;
  /** Waits for all uses to end and closes the store. No use may follow. */
  close(): Promise<void>;
}

/** Calls back after so many milliseconds, unless the function it returns was called before. */
export type SetTimer = (callback: () => void, milliseconds: number) => () => void;

const setSystemTimer: SetTimer = (callback, milliseconds) => {
  const timer = setTimeout(callback, milliseconds);
  return () => clearTimeout(timer);
};

/**
 * Lends out a store. One process at a time may have the embedded database open; whoever runs on and asks it only
 * now and then would shut out all others.
 *
 * @param open opens the store; not called again before the one it gave was closed.
 * @param options.idleMs how long the store stays open after the last use.
 */
export function leasedStore(
  open: () => Promise<Store>,
  { idleMs, setTimer = setSystemTimer }: { readonly idleMs: number; readonly setTimer?: SetTimer },
): LeasedStore {
  const uses = new Set<Promise<unknown>>();
  let opened: Promise<Store> | null = null;
  /** Of the store before. */
  let closing: Promise<void> = Promise.resolve();
  let cancelTimer = (): void => {};
  let isClosed = false;

  const release = (): void => {
    if (opened === null) return;
    const store = opened;
    opened = null;
    closing = store.then((last) => last.close());
    // Told to whoever opens next.
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
