import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OperatorError } from '../../lib/errors.ts';
import { unlessMissing, writeAtomically } from './write-atomically.ts';

/** Runs work while no other process and no other call in this one runs work on the same folder. */
export type Exclusive = <T>(work: () => Promise<T>) => Promise<T>;

const RELEASED = 'released';
const RETRY_MS = 10;
const RETRIES = 3000;

/** The tickets this process holds. A ticket with its id that is not among them is of an earlier process. */
const held = new Set<string>();

/** Claims made by this process so far: no two of them share a name. */
let claims = 0;

/**
 * A lock that a killed process cannot leave behind. The folder holds numbered tickets, each naming the process
 * that took it. Who takes the next number, by a link that fails when the name exists, while the highest one is
 * released or its process is gone, has the lock. The highest ticket is never removed, so a number is never
 * given twice.
 *
 * Processes must share one machine: their ids tell who is alive.
 *
 * @param retries how often, 10 ms apart, another process is waited for.
 * @throws OperatorError `forge-conflict` when it is still busy then.
 */
export function exclusive(folder: string, retries = RETRIES): Exclusive {
  const directory = resolve(folder);
  let queue: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = queue.then(async () => {
      const ticket = await takeTicket(directory, retries);
      try {
        return await work();
      } finally {
        await writeAtomically(ticket, RELEASED);
        held.delete(ticket);
      }
    });
    queue = turn.catch(() => undefined);
    return turn;
  };
}

async function takeTicket(directory: string, retries: number): Promise<string> {
  await mkdir(directory, { recursive: true });
  const claim = join(directory, `claim-${process.pid}-${++claims}`);
  // A claim that an earlier process of this number left may be linked to a ticket: replaced, not overwritten.
  await rm(claim, { force: true });
  await writeFile(claim, String(process.pid));
  try {
    for (let retry = 0; retry < retries; retry++) {
      const ticket = await tryNext(directory, claim);
      if (ticket !== null) return ticket;
      await sleep(RETRY_MS);
    }
  } finally {
    await rm(claim, { force: true });
  }
  const highest = join(directory, String((await ticketsIn(directory)).at(-1)));
  throw new OperatorError(
    'forge-conflict',
    `Process ${await readFile(highest, 'utf8')} has been changing issues or releases for ${(retries * RETRY_MS) / 1000} s; ${highest} is its mark.`,
    'Wait for it or end it. If no such process belongs to CineMatch, remove the file.',
  );
}

/** Takes the number after the highest one, or returns null while that one is in use. */
async function tryNext(directory: string, claim: string): Promise<string | null> {
  const highest = (await ticketsIn(directory)).at(-1) ?? 0;
  if (highest > 0 && (await isInUse(join(directory, String(highest))))) return null;
  const ticket = join(directory, String(highest + 1));
  held.add(ticket);
  try {
    await link(claim, ticket);
  } catch (error) {
    held.delete(ticket);
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw error;
  }
  // The folder was read before the link was made: others may have moved on and swept up the lower numbers.
  const tickets = await ticketsIn(directory);
  if (tickets.at(-1) !== highest + 1) {
    held.delete(ticket);
    await rm(ticket, { force: true });
    return null;
  }
  for (const passed of tickets.slice(0, -1)) await rm(join(directory, String(passed)), { force: true });
  return ticket;
}

/** Ascending. */
async function ticketsIn(directory: string): Promise<readonly number[]> {
  const names = await readdir(directory);
  return names
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

async function isInUse(ticket: string): Promise<boolean> {
  const owner = await unlessMissing(readFile(ticket, 'utf8'));
  if (owner === null || owner === RELEASED) return false;
  const pid = Number(owner);
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  if (pid === process.pid) return held.has(ticket);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
