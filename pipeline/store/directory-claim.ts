import { mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { OperatorError } from '../lib/errors.ts';

const heldHere = new Set<string>();
const ATTEMPTS = 4;

/**
 * Claims a directory for this process, so that two never write one embedded database: that would damage
 * it without a word. Claims of processes that are gone are swept away at once.
 *
 * Every process writes its own claim and then looks for others, so of two that start together at least one
 * sees the other. Whoever sees another withdraws and tries again a moment later.
 *
 * @returns the function that gives the claim back.
 * @throws OperatorError `store-busy` that names the process that holds the directory.
 */
export async function claimDirectory(directory: string): Promise<() => void> {
  mkdirSync(directory, { recursive: true });
  const claims = `${realpathSync(directory)}.lock`;
  if (heldHere.has(claims)) throw busy(directory, process.pid, claims);
  heldHere.add(claims);
  const own = join(claims, String(process.pid));
  const release = (): void => {
    rmSync(own, { force: true });
    heldHere.delete(claims);
  };
  try {
    mkdirSync(claims, { recursive: true });
    for (let attempt = 1; ; attempt++) {
      writeFileSync(own, birthOf(process.pid));
      const other = otherClaimant(claims);
      if (other === null) return release;
      rmSync(own, { force: true });
      if (attempt === ATTEMPTS) throw busy(directory, other, claims);
      // Unequal pauses, so that two processes that met once do not meet again.
      await new Promise((resolve) => setTimeout(resolve, 20 + (process.pid % 13) * 10));
    }
  } catch (error) {
    release();
    throw error;
  }
}

function busy(directory: string, pid: number, claims: string): OperatorError {
  return new OperatorError(
    'store-busy',
    `The embedded database in ${directory} is in use by process ${pid}.`,
    `Wait for it to end. If process ${pid} is something else, delete ${join(claims, String(pid))}.`,
  );
}

/** The pid of another living process with a claim, or null. Removes the claims of dead ones. */
function otherClaimant(claims: string): number | null {
  for (const name of readdirSync(claims)) {
    const pid = Number(basename(name));
    if (pid === process.pid || !Number.isSafeInteger(pid)) continue;
    const claim = join(claims, name);
    if (isAlive(pid) && sameBirth(claim, pid)) return pid;
    rmSync(claim, { force: true });
  }
  return null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether the living process is the one that wrote the claim, and not a later one with its number. */
function sameBirth(claim: string, pid: number): boolean {
  const written = readOrEmpty(claim);
  const living = birthOf(pid);
  return written === '' || living === '' || written === living;
}

/** When a process began, in a form that no later process shares; empty where the system does not say. */
function birthOf(pid: number): string {
  const boot = readOrEmpty('/proc/sys/kernel/random/boot_id').trim();
  // Fields are counted after the command name, which may hold spaces: the start time is the 20th of them.
  const start = /\)(?: \S+){19} (\d+)/.exec(readOrEmpty(`/proc/${pid}/stat`))?.[1];
  return start === undefined ? '' : `${boot} ${start}`;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
