import { accessSync, constants, statfsSync } from 'node:fs';
import { OperatorError } from '../lib/errors.ts';
import { fileFailure } from '../lib/file-failure.ts';

const MEGABYTE = 1_000_000;
/** A new database has 40 MB, and its log grows by 17 MB at a time. */
const NEW_BYTES = 64 * MEGABYTE;
/** With less, PostgreSQL may be unable to begin the next file of its log, and then it does not start. */
const LOG_BYTES = 32 * MEGABYTE;

/** The names of the errors of the file system in WASI, by their numbers, which PGlite throws instead of an `Error`. */
const WASI_ERRORS: Readonly<Record<number, string>> = {
  2: 'EACCES',
  19: 'EDQUOT',
  22: 'EFBIG',
  29: 'EIO',
  33: 'EMFILE',
  41: 'ENFILE',
  51: 'ENOSPC',
  63: 'EPERM',
  69: 'EROFS',
};

/** @throws OperatorError `disk-full` when a new embedded database does not fit onto the disk. */
export function requireSpace(directory: string): void {
  const free = freeBytes(directory);
  if (free !== null && free < NEW_BYTES) throw isFull(directory, free);
}

/** The error of an embedded database that cannot be opened. */
export function embeddedFailure(directory: string, cause: unknown): OperatorError {
  if (cause instanceof OperatorError) return cause;
  const { errno = -1 } = (cause ?? {}) as { readonly errno?: number };
  const code = WASI_ERRORS[errno] ?? accessCode(directory);
  const free = freeBytes(directory);
  if (code === 'ENOSPC' || (free !== null && free < LOG_BYTES)) return isFull(directory, free ?? 0, cause);
  const known = fileFailure({ code, path: directory, syscall: 'open' });
  if (known !== null) return new OperatorError(known.code, known.message, known.remedy, { cause });
  return new OperatorError(
    'store-damaged',
    `The embedded database in ${directory} does not start.`,
    'Its files are damaged. Restore the folder from a backup. Without one, move it away and begin anew: see store-damaged in docs/operations.md.',
    { cause },
  );
}

function isFull(directory: string, free: number, cause?: unknown): OperatorError {
  return new OperatorError(
    'disk-full',
    `The embedded database in ${directory} needs more space: ${Math.floor(free / MEGABYTE)} MB are free. It needs ${NEW_BYTES / MEGABYTE} MB when it is created, and ${LOG_BYTES / MEGABYTE} MB to work.`,
    'Nothing was lost. Free space, or set CINEMATCH_HOME to a folder on another disk. Then run it again.',
    { cause },
  );
}

/** Why this user cannot write the directory: `EACCES`, `EROFS`; undefined when nothing is in the way. */
function accessCode(directory: string): string | undefined {
  try {
    accessSync(directory, constants.W_OK);
    return undefined;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code;
  }
}

/** Bytes that this user can still write; null where the system does not say. */
function freeBytes(directory: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize;
  } catch {
    return null;
  }
}
