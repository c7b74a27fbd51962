import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'cinematch-unpacked-';
const kept = new Set<string>();

/**
 * Creates a folder for the unpacked files of one source. Its creator removes it. It is also removed when the process
 * exits, and, after a kill, by the next process that creates one.
 */
export async function createTemporaryFolder(): Promise<string> {
  await removeAbandoned();
  if (kept.size === 0) process.once('exit', removeKept);
  const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  kept.add(folder);
  return folder;
}

/** Removes a folder of `createTemporaryFolder`. */
export async function removeTemporaryFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  kept.delete(folder);
  if (kept.size === 0) process.off('exit', removeKept);
}

/** A new folder inside of another. */
export async function folderInside(folder: string, name: string): Promise<string> {
  const inside = join(folder, name);
  await mkdir(inside, { recursive: true });
  return inside;
}

function removeKept(): void {
  for (const folder of kept) rmSync(folder, { recursive: true, force: true });
}

async function removeAbandoned(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  for (const name of names) {
    const process = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (process !== undefined && !isRunning(Number(process))) {
      await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // A process of another user exists, but may not be signalled.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
