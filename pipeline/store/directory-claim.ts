import { mkdirSync, realpathSync } from 'node:fs';
import { OperatorError } from '../lib/errors.ts';
import { acquireLock } from '../lib/process-lock.ts';

/** Ratings are for nobody but the user of the program. */
export const PRIVATE = 0o700;
/** Long enough for a server to give the database back, which opens it to look at keys and to store feedback. */
const WAIT_MS = 3_000;

/**
 * Locks a directory for this process. Two processes that write to one embedded database would damage it without an
 * error.
 *
 * @param waitMs how long to wait while another process has the lock, milliseconds. @default 3000
 * @returns a function that releases the lock.
 * @throws OperatorError `store-busy` that names the process with the lock.
 */
export async function claimDirectory(directory: string, waitMs = WAIT_MS): Promise<() => void> {
  mkdirSync(directory, { recursive: true, mode: PRIVATE });
  return acquireLock(`${realpathSync(directory)}.lock`, {
    waitMs,
    busy: (holder) =>
      new OperatorError(
        'store-busy',
        `The embedded database in ${directory} is in use by ${holder}.`,
        'Wait until that process ends, or stop it. The database is then free immediately.',
      ),
  });
}
