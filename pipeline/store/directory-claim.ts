import { mkdirSync, realpathSync } from 'node:fs';
import { OperatorError } from '../lib/errors.ts';
import { acquireLock } from '../lib/process-lock.ts';

/** Long enough for a command that is just ending. */
const WAIT_MS = 300;

/**
 * Claims a directory for this process: two processes that write one embedded database would damage it without
 * an error message.
 *
 * @returns the function that gives the claim back.
 * @throws OperatorError `store-busy` that names the process that has the directory.
 */
export async function claimDirectory(directory: string): Promise<() => void> {
  mkdirSync(directory, { recursive: true });
  return acquireLock(`${realpathSync(directory)}.lock`, {
    waitMs: WAIT_MS,
    busy: (holder) =>
      new OperatorError(
        'store-busy',
        `The embedded database in ${directory} is in use by ${holder}.`,
        'Wait until that process ends, or stop it: the database is free at once then.',
      ),
  });
}
