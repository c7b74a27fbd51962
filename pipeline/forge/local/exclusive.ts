import { resolve } from 'node:path';
import { OperatorError } from '../../lib/errors.ts';
import { acquireLock } from '../../lib/process-lock.ts';

/** Runs work with exclusive access to a folder, across all processes. */
export type Exclusive = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Serialises the changes of several processes. Calls of one process keep their order.
 *
 * @param folder of the lock.
 * @param waitMs maximum wait for another process.
 * @throws OperatorError `forge-conflict` when the lock is not free by then.
 */
export function exclusive(folder: string, waitMs = 30_000): Exclusive {
  const directory = resolve(folder);
  const busy = (holder: string): OperatorError =>
    new OperatorError(
      'forge-conflict',
      `The issues and releases beside ${directory} have been locked by ${holder} for ${waitMs / 1000} s.`,
      'Wait until that process ends, or stop it. The lock is then free immediately.',
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
