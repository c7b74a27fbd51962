import { median } from 'simple-statistics';

/** One implementation of some work. */
export interface Contestant {
  readonly name: string;
  /** Does some of the work and returns the seconds for one unit. */
  readonly run: () => number | Promise<number>;
}

export interface Outcome {
  readonly name: string;
  /** One number for each round. */
  readonly seconds: readonly number[];
}

/**
 * Runs contestants in turns, round after round, after a warm-up of each. So a change in the speed of the machine affects
 * all of them.
 */
export async function race(contestants: readonly Contestant[], rounds: number): Promise<readonly Outcome[]> {
  const entries = contestants.map((contestant) => ({ ...contestant, seconds: [] as number[] }));
  for (const { run } of entries) await run();
  for (let round = 0; round < rounds; round++) {
    for (const { run, seconds } of entries) seconds.push(await run());
  }
  return entries.map(({ name, seconds }) => ({ name, seconds }));
}

/** The speed relative to the reference: the median of the ratios in each round. */
export function timesAsFast(outcome: Outcome, reference: Outcome): number {
  return median(reference.seconds.map((seconds, round) => seconds / (outcome.seconds[round] as number)));
}

export async function secondsOf(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
