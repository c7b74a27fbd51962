import { type ErrorCode, OperatorError } from './errors.ts';

/** What the system says about a file or a folder, and what to do about it. */
interface Failure {
  readonly code: ErrorCode;
  readonly says: string;
  readonly remedy: string;
}

const FULL: Omit<Failure, 'says'> = {
  code: 'disk-full',
  remedy:
    'Nothing is half written. Free space, or set CINEMATCH_HOME to a folder on another disk. Then run it again.',
};
const DENIED: Omit<Failure, 'says'> = {
  code: 'file-denied',
  remedy:
    'Give this user access to it, run as its owner, or set CINEMATCH_HOME to a folder that this user may write.',
};
const FAILED: Omit<Failure, 'says'> = {
  code: 'file-failed',
  remedy: 'Check that the path is right and that its disk works. Then run it again.',
};
const TOO_MANY: Omit<Failure, 'says'> = {
  code: 'file-failed',
  remedy: 'Close other programs or raise the limit of open files (ulimit -n). Then run it again.',
};

const NOT_CREATED: Failure = { ...DENIED, says: 'the folder cannot be created' };

/** By errno. */
const FAILURES: Readonly<Record<string, Failure>> = {
  ENOSPC: { ...FULL, says: 'the disk is full' },
  EDQUOT: { ...FULL, says: 'the disk quota of this user is used up' },
  EFBIG: { ...FULL, says: 'the file would be larger than the file system or ulimit -f allows' },
  EACCES: { ...DENIED, says: 'this user has no permission' },
  EPERM: { ...DENIED, says: 'the system does not permit it' },
  EROFS: { ...DENIED, says: 'the file system is read-only' },
  EIO: { ...FAILED, says: 'the disk reported an error' },
  ESTALE: { ...FAILED, says: 'the network drive is gone' },
  ENXIO: { ...FAILED, says: 'there is no such device' },
  ENODEV: { ...FAILED, says: 'there is no such device' },
  ENOENT: { ...FAILED, says: 'it does not exist' },
  ENOTDIR: { ...FAILED, says: 'a part of the path is a file, not a folder' },
  EISDIR: { ...FAILED, says: 'it is a folder, not a file' },
  EEXIST: { ...FAILED, says: 'it exists already' },
  ENOTEMPTY: { ...FAILED, says: 'the folder is not empty' },
  ENAMETOOLONG: { ...FAILED, says: 'the path is too long' },
  ELOOP: { ...FAILED, says: 'its symbolic links form a circle' },
  EXDEV: { ...FAILED, says: 'its folder is on two file systems' },
  EBUSY: { ...FAILED, says: 'another program uses it' },
  ETXTBSY: { ...FAILED, says: 'another program runs it' },
  EMFILE: { ...TOO_MANY, says: 'this process has too many files open' },
  ENFILE: { ...TOO_MANY, says: 'the system has too many files open' },
};

/**
 * An error of the system about a file as one that its operator can act on.
 *
 * @returns null for any other error, which is a bug.
 */
export function fileFailure(error: unknown): OperatorError | null {
  const {
    code = '',
    path,
    dest,
    syscall,
  } = (error ?? {}) as NodeJS.ErrnoException & { readonly dest?: string };
  if (error instanceof OperatorError || syscall === undefined || !Object.hasOwn(FAILURES, code)) return null;
  // Node reports a folder that may not be created as one that does not exist.
  const isNotCreated = code === 'ENOENT' && syscall === 'mkdir';
  const { says, ...failure } = isNotCreated ? NOT_CREATED : (FAILURES[code] as Failure);
  const what = dest ?? path;
  return new OperatorError(
    failure.code,
    what === undefined ? `A file cannot be written or read: ${says}.` : `${what} cannot be used: ${says}.`,
    failure.remedy,
    { cause: error },
  );
}
