import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

const RETRY_MS = 10;
/** SQLite's result codes. */
const BUSY = 5;
const NOT_A_DATABASE = 26;

/** Open handles. A handle that is only reachable from its release function could be collected, and its lock with it. */
const openHandles = new Set<DatabaseSync>();

/**
 * Acquires a lock that one caller in one process can hold at a time. It is a lock of the operating system on an empty
 * file, acquired through SQLite. The system frees it when the process ends in any way, so no lock is ever stale. It works
 * between containers that share the folder on one machine, and between machines if the file system supports locks
 * (docs/decisions/0014).
 *
 * The folder contains `lock`, which nothing else may open (closing it would free the lock), and `holder`, which names
 * the process for messages only.
 *
 * @param options.waitMs how long to wait for a lock that is taken, in steps of 10 ms.
 * @param options.busy makes the error for a lock that is still taken then, from the name of its holder: `process 12`.
 * @returns the function that frees the lock; calling it again does nothing.
 * @throws what `busy` makes; Error when the lock file cannot be opened or locked.
 */
export async function acquireLock(
  folder: string,
  options: { readonly waitMs: number; readonly busy: (holder: string) => Error },
): Promise<() => void> {
  mkdirSync(folder, { recursive: true });
  const holder = join(folder, 'holder');
  for (let waited = 0; ; waited += RETRY_MS) {
    const handle = tryLock(join(folder, 'lock'));
    if (handle !== null) {
      openHandles.add(handle);
      nameHolder(holder);
      return () => {
        if (!openHandles.delete(handle)) return;
        rmSync(holder, { force: true });
        handle.close();
      };
    }
    if (waited >= options.waitMs) throw options.busy(describeHolder(holder));
    await sleep(RETRY_MS);
  }
}

/** Returns null while the lock is taken. */
function tryLock(file: string): DatabaseSync | null {
  let handle: DatabaseSync | undefined;
  try {
    handle = new DatabaseSync(file);
    // The file stays empty, so no journal is needed beside it.
    handle.exec('pragma journal_mode = memory');
    handle.exec('begin immediate');
    return handle;
  } catch (cause) {
    handle?.close();
    const { errcode, message } = cause as { readonly errcode?: number; readonly message: string };
    if (errcode === BUSY) return null;
    if (errcode === NOT_A_DATABASE) {
      // Another program wrote into the file. Its content is not needed, and no process can have locked it.
      truncateSync(file);
      return tryLock(file);
    }
    throw new Error(`The lock file ${file} cannot be used: ${message}`, { cause });
  }
}

/** Writes who holds the lock. It is only for messages: a full disk does not stop a command that only reads. */
function nameHolder(file: string): void {
  try {
    writeFileSync(file, JSON.stringify({ pid: process.pid, host: hostname() }));
  } catch {}
}

/** The process that wrote the file, which may be missing or half written. */
function describeHolder(file: string): string {
  try {
    const { pid, host } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    if (typeof pid === 'number') return `process ${pid}${host === hostname() ? '' : ` on ${String(host)}`}`;
  } catch {}
  return 'another process';
}
