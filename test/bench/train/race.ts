import { median } from 'simple-statistics';

/** One way of doing a piece of work. */
export interface Contestant {
  readonly name: string;
  /** Does some of the work and says how long a unit of it took, seconds. */
  readonly run: () => number | Promise<number>;
}

export interface Outcome {
  readonly name: string;
  /** Of each round. */
  readonly seconds: readonly number[];
}

/**
 * Lets contestants do the same work in turns, round after round, after a warm-up each: when the machine becomes
 * slower or faster, it does so for all of them.
 */
export async function race(contestants: readonly Contestant[], rounds: number): Promise<readonly Outcome[]> {
  const entries = contestants.map((contestant) => ({ ...contestant, seconds: [] as number[] }));
  for (const { run } of entries) await run();
  for (let round = 0; round < rounds; round++) {
    for (const { run, seconds } of entries) seconds.push(await run());
  }
  return entries.map(({ name, seconds }) => ({ name, seconds }));
}

/** How many times as fast as the reference: the median over rounds, each compared within itself. */
export function timesAsFast(outcome: Outcome, reference: Outcome): number {
  return median(reference.seconds.map((seconds, round) => seconds / (outcome.seconds[round] as number)));
}

export async function secondsOf(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
