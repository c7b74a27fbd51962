import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { refused } from './limits.ts';

/** What a file was when its reading began: path, size in bytes, time of its last change in nanoseconds. */
export interface FileStamp {
  readonly path: string;
  readonly bytes: bigint;
  readonly changedAt: bigint;
}

/** The stamp of a regular file. */
export async function stampOf(path: string): Promise<FileStamp> {
  const { size, mtimeNs }: BigIntStats = await stat(path, { bigint: true });
  return { path, bytes: size, changedAt: mtimeNs };
}

/**
 * Compares files with what they were.
 *
 * @throws OperatorError `source-unreadable` for the first one that changed or is gone.
 */
export async function requireUnchanged(stamps: readonly FileStamp[]): Promise<void> {
  for (const before of stamps) {
    const now = await stampOf(before.path).catch(() => null);
    if (now?.bytes === before.bytes && now.changedAt === before.changedAt) continue;
    const change =
      now === null
        ? 'it was removed'
        : now.bytes === before.bytes
          ? 'it was written again'
          : `it had ${before.bytes.toLocaleString('en')} bytes and then ${now.bytes.toLocaleString('en')}`;
    throw refused(
      before.path,
      `${change} while it was read`,
      'Nothing was stored. Wait until the file is complete, then run it again.',
    );
  }
}
