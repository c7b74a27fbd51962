import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OperatorError } from '../../lib/errors.ts';
import { unlessMissing, writeAtomically } from '../../lib/write-atomically.ts';

/** Runs work while no other process and no other call in this one runs work on the same folder. */
export type Exclusive = <T>(work: () => Promise<T>) => Promise<T>;

const RELEASED = 'released';
const RETRY_MS = 10;
const RETRIES = 3000;

/**
 * What stands in a ticket, `process claim`, for the claims of this process that are not done with. A ticket
 * with its id that is not among them is of an earlier process.
 */
const current = new Set<string>();

/** Claims made by this process so far: no two of them are called the same. */
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
      const owner = `${process.pid} ${++claims}`;
      current.add(owner);
      try {
        const ticket = await takeTicket(directory, owner, retries);
        try {
          return await work();
        } finally {
          await writeAtomically(ticket, RELEASED);
        }
      } finally {
        current.delete(owner);
      }
    });
    queue = turn.catch(() => undefined);
    return turn;
  };
}

async function takeTicket(directory: string, owner: string, retries: number): Promise<string> {
  await mkdir(directory, { recursive: true });
  const claim = join(directory, `claim ${owner}`);
  // A claim that an earlier process of this number left may be linked to a ticket: replaced, not overwritten.
  await rm(claim, { force: true });
  await writeFile(claim, owner);
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
    `Process ${pidOf(await readFile(highest, 'utf8'))} has been changing issues or releases for ${(retries * RETRY_MS) / 1000} s; ${highest} is its mark.`,
    'Wait for it or end it. If no such process belongs to CineMatch, remove the file.',
  );
}

/** Takes the number after the highest one, or returns null while that one is in use. */
async function tryNext(directory: string, claim: string): Promise<string | null> {
  const highest = (await ticketsIn(directory)).at(-1) ?? 0;
  if (highest > 0 && (await isInUse(join(directory, String(highest))))) return null;
  const ticket = join(directory, String(highest + 1));
  try {
    await link(claim, ticket);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw error;
  }
  // The folder was read before the link was made: others may have moved on and swept up the lower numbers.
  const tickets = await ticketsIn(directory);
  if (tickets.at(-1) !== highest + 1) {
    await rm(ticket, { force: true });
    return null;
  }
  await sweep(directory, highest + 1);
  return ticket;
}

/** Removes what earlier tickets and killed processes left. Only the holder of `ticket` may do this. */
async function sweep(directory: string, ticket: number): Promise<void> {
  for (const name of await readdir(directory)) {
    const claimant = Number(/^claim (\d+) /.exec(name)?.[1] ?? 0);
    const isNeeded = name === String(ticket) || (claimant > 0 && (await isAlive(claimant)));
    if (!isNeeded) await rm(join(directory, name), { force: true });
  }
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
  const pid = pidOf(owner);
  return pid === process.pid ? current.has(owner) : isAlive(pid);
}

const pidOf = (owner: string): number => Number(owner.split(' ', 1)[0]);

async function isAlive(pid: number): Promise<boolean> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  // A killed process that nobody has asked about yet, as in a container without an init, still takes signals.
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return !/\) [ZX] /.test(state);
}
