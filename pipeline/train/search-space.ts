import { OperatorError } from '../lib/errors.ts';
import { seededRandom } from '../lib/random.ts';
import type { Algorithm } from './algorithm.ts';
import type { HyperParameter } from './hyper-parameters.ts';

/** Where better values of a hyper-parameter are looked for; both ends belong to it. */
export type SearchRange = NonNullable<HyperParameter['search']>;

/** A range with the step that its values keep to, or null where any number will do. */
export interface SteppedRange extends SearchRange {
  readonly step: number | null;
}

/** What a search varies: a range for each hyper-parameter, their names in ascending order. */
export type SearchSpace = Readonly<Record<string, SteppedRange>>;

/**
 * The ranges that a search draws from: those asked for, or else the algorithm's own without what is fixed.
 *
 * @param asked in place of the algorithm's own ranges; empty for these.
 * @param fixed values that stay as they are in every trial.
 * @throws OperatorError `usage` that names the range and what is accepted, and when nothing is left to search.
 */
export function searchSpace(
  { name: algorithm, hyperParameters: specification }: Pick<Algorithm, 'name' | 'hyperParameters'>,
  asked: Readonly<Record<string, SearchRange>>,
  fixed: Readonly<Record<string, number>>,
): SearchSpace {
  const ranges =
    Object.keys(asked).length > 0
      ? Object.entries(asked)
      : Object.entries(specification).flatMap(([name, { search }]) =>
          search === undefined || Object.hasOwn(fixed, name) ? [] : [[name, search] as const],
        );
  if (ranges.length === 0) {
    const names = Object.keys(specification).filter((name) => !Object.hasOwn(fixed, name));
    throw new OperatorError(
      'usage',
      `${algorithm} has nothing to search: no hyper-parameter that is not fixed has a range of its own.`,
      `Give one: --search NAME=FROM..TO, where NAME is one of ${names.join(', ') || 'those that --set does not fix'}.`,
    );
  }
  const checked = ranges.map(([name, range]) => {
    const parameter = Object.hasOwn(specification, name) ? specification[name] : undefined;
    if (parameter === undefined) {
      throw new OperatorError(
        'usage',
        `${algorithm} has no hyper-parameter ${name} to search.`,
        `It has ${Object.keys(specification).join(', ')}.`,
      );
    }
    if (Object.hasOwn(fixed, name)) {
      throw new OperatorError('usage', `${name} is both searched and fixed.`, 'Give --search or --set.');
    }
    const problem = problemOf(range, parameter);
    if (problem !== null) {
      throw new OperatorError(
        'usage',
        `${algorithm} cannot be searched over ${name} from ${range.from} to ${range.to}: ${problem}.`,
        `Accepted is ${parameter.min} to ${parameter.max}; write it as --search ${name}=FROM..TO or FROM..TO:log.`,
      );
    }
    const { from, to, scale } = range;
    return [name, { from, to, scale, step: parameter.step ?? null }] as const;
  });
  return Object.fromEntries(checked.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function problemOf({ from, to, scale }: SearchRange, { min, max, step }: HyperParameter): string | null {
  if (!(from < to)) return 'a range goes from a smaller to a larger value';
  if (from < min || to > max) return 'the range leaves what the algorithm takes';
  if (scale === 'log' && from <= 0) return 'on a logarithmic scale the lower end must be above 0';
  if (step !== undefined && Math.ceil(from / step) > Math.floor(to / step)) {
    return `it holds no multiple of ${step}`;
  }
  return null;
}

/**
 * The values of one trial: each drawn from its range, evenly on the range's scale, multiples of a step equally
 * often. They depend on space, seed and number alone, so that trials can be made in any order and anywhere.
 * Trial 0 draws nothing: it is what all others are compared with.
 *
 * Bergstra & Bengio, Random Search for Hyper-Parameter Optimization, JMLR 13 (2012).
 *
 * @param trial from 0.
 */
export function drawTrial(space: SearchSpace, seed: number, trial: number): Readonly<Record<string, number>> {
  if (trial === 0) return {};
  const random = seededRandom(seed, trial);
  return Object.fromEntries(Object.entries(space).map(([name, range]) => [name, drawValue(range, random())]));
}

function drawValue({ from, to, scale, step }: SteppedRange, share: number): number {
  const between = (low: number, high: number): number =>
    scale === 'log' ? low * (high / low) ** share : low + share * (high - low);
  if (step === null) return within(from, to, readable(between(from, to), from, to));
  const [least, most] = [Math.ceil(from / step), Math.floor(to / step)];
  // Half a step beyond both ends, so that these come as often as their neighbours.
  return step * within(least, most, Math.round(between(least - 0.5, most + 0.5)));
}

const within = (from: number, to: number, value: number): number => Math.min(to, Math.max(from, value));

/** Four significant digits, and more where the range is narrow for its size: a person will copy the value. */
function readable(value: number, from: number, to: number): number {
  const narrowness = Math.floor(Math.log10(Math.max(Math.abs(from), Math.abs(to)) / (to - from)));
  return Number(value.toPrecision(Math.min(15, 4 + Math.max(0, narrowness))));
}
