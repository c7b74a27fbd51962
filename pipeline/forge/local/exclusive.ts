import { resolve } from 'node:path';
import { OperatorError } from '../../lib/errors.ts';
import { acquireLock } from '../../lib/process-lock.ts';

/** Runs work while no other process and no other call in this one runs work on the same folder. */
export type Exclusive = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Makes changes of several processes happen one after the other. Calls of one process keep their order.
 *
 * @param folder where the lock is kept.
 * @param waitMs how long another process is waited for.
 * @throws OperatorError `forge-conflict` when it still makes changes then.
 */
export function exclusive(folder: string, waitMs = 30_000): Exclusive {
  const directory = resolve(folder);
  const busy = (holder: string): OperatorError =>
    new OperatorError(
      'forge-conflict',
      `The issues and releases beside ${directory} have been locked by ${holder} for ${waitMs / 1000} s.`,
      'Wait until that process ends, or stop it: the lock is free at once then.',
    );
  let queue: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = queue.then(async () => {
      const release = await acquireLock(directory, { waitMs, busy });
      try {
        return await work();
      } finally {
        release();
      }
    });
    queue = turn.catch(() => undefined);
    return turn;
  };
}
