import { inspect } from 'node:util';
import type { LoggedRequest } from '../../emulators/github/origin.ts';
import { CHECK, type Outcome, runLoop, whatIsThere } from './faulty-loop.ts';
import type { FaultyWorld, Worlds } from './faulty-world.ts';

/** Requests mostly wait; several worlds are worked on at a time. */
const AT_A_TIME = 10;

/** Runs an experiment in a world of its own for each case, and says in which it failed. */
export async function inWorlds<T>(
  worlds: Worlds,
  cases: readonly T[],
  experiment: (world: FaultyWorld, each: T) => Promise<void>,
): Promise<readonly string[]> {
  const left = [...cases];
  const wrong: string[] = [];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const world = await worlds.open();
      try {
        await experiment(world, next);
      } catch (error) {
        const { actual, expected } = error as { readonly actual?: unknown; readonly expected?: unknown };
        wrong.push(`${inspect(next)}: ${String(error)}\n${inspect({ actual, expected }, { depth: 5 })}`);
      } finally {
        await world.close();
      }
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return wrong;
}

/** The loop when nothing goes wrong: its requests, and what it leaves behind. */
export async function runUndisturbed(
  worlds: Worlds,
): Promise<{ readonly requests: readonly LoggedRequest[]; readonly outcome: Outcome }> {
  const world = await worlds.open();
  try {
    const { requests } = world.github.server;
    const before = requests.length;
    const failed = await runLoop(world, [CHECK]);
    if (failed !== null) throw failed.error;
    const made = requests.slice(before);
    return { requests: made, outcome: await whatIsThere(world) };
  } finally {
    await world.close();
  }
}

/** What a request asks for, without the numbers that differ from run to run. */
const routeOf = ({ origin, method, path }: LoggedRequest): string =>
  `${method} ${origin} ${path.replaceAll(/\/\d+/g, '/:id')}`;

/**
 * Says of a request which it is, the third of its route for instance. One that will be asked
 * again is not counted, so that what comes after it keeps its name.
 */
export function namesOfRequests(): {
  nameOf(request: LoggedRequest): string;
  count(request: LoggedRequest): void;
} {
  const counted = new Map<string, number>();
  const times = (route: string): number => counted.get(route) ?? 0;
  return {
    nameOf: (request) => `${routeOf(request)}, ${times(routeOf(request)) + 1}`,
    count: (request) => counted.set(routeOf(request), times(routeOf(request)) + 1),
  };
}

/** Each thing once: a dispatch whose answer got lost is sent again, for nobody can know whether it arrived. */
export function eachOnce<T>(things: readonly T[]): readonly T[] {
  const texts = things.map((thing) => JSON.stringify(thing));
  return things.filter((_, at) => texts.indexOf(texts[at] as string) === at);
}
