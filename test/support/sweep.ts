/**
 * How many cases of an exhaustive sweep a run tests. `npm test` takes a sample, the nightly workflow takes all cases.
 * The variable CINEMATCH_SWEEP is `whole`, or the seed of the sample.
 */
import { seededRandom, shuffle } from '../../pipeline/lib/random.ts';

const setting = process.env['CINEMATCH_SWEEP'] || '1';
/** Whether a run tests all cases. */
export const isWholeSweep = setting === 'whole';
if (!isWholeSweep && !/^[1-9]\d{0,8}$/.test(setting)) {
  throw new Error(`CINEMATCH_SWEEP is "${setting}". Set it to "whole" or to a seed from 1 to 999999999.`);
}

/** The message of an expectation about a sweep: it says how to repeat the run. */
export const SWEEP_NOTE = isWholeSweep
  ? 'The whole sweep (CINEMATCH_SWEEP=whole).'
  : `A sample of the sweep (CINEMATCH_SWEEP=${setting}). CINEMATCH_SWEEP=whole takes all of it.`;

/** How many random cases to make: `whole` in the whole sweep, else `sample`. */
export const sweepSize = (whole: number, sample: number): number => (isWholeSweep ? whole : sample);

/**
 * The cases that this run takes, in their order: all in the whole sweep, else one in `oneIn`, chosen by the seed.
 * At least one case of each class is taken.
 */
export function sampleSweep<T>(
  cases: readonly T[],
  { oneIn, classOf = () => '' }: { readonly oneIn: number; readonly classOf?: (each: T) => string },
): readonly T[] {
  if (isWholeSweep) return cases;
  const random = seededRandom(Number(setting));
  const classes = Map.groupBy(cases.keys(), (at) => classOf(cases[at] as T));
  const firsts = [...classes.values()].map((members) => shuffle(random, [...members])[0] as number);
  const others = shuffle(
    random,
    [...cases.keys()].filter((at) => !firsts.includes(at)),
  );
  const taken = new Set(
    [...firsts, ...others].slice(0, Math.max(firsts.length, Math.ceil(cases.length / oneIn))),
  );
  return cases.filter((_, at) => taken.has(at));
}
