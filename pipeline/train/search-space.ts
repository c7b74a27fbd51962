import { OperatorError } from '../lib/errors.ts';
import { seededRandom } from '../lib/random.ts';
import type { Algorithm } from './algorithm.ts';
import type { HyperParameter } from './hyper-parameters.ts';

/** The range that a search draws values of a hyper-parameter from, including both ends. */
export type SearchRange = NonNullable<HyperParameter['search']>;

/** A range and the step that values are multiples of; null when any number is valid. */
export interface SteppedRange extends SearchRange {
  readonly step: number | null;
}

/** The range of each hyper-parameter that a search varies, by name in ascending order. */
export type SearchSpace = Readonly<Record<string, SteppedRange>>;

/**
 * The ranges that a search draws from.
 *
 * @param requested ranges that replace those of the algorithm; when empty, all ranges of the algorithm are used except
 * for fixed hyper-parameters.
 * @param fixed values that are the same in every trial.
 * @throws OperatorError `usage` for an invalid range, and when there is nothing to search.
 */
export function searchSpace(
  { name: algorithm, hyperParameters: specification }: Pick<Algorithm, 'name' | 'hyperParameters'>,
  requested: Readonly<Record<string, SearchRange>>,
  fixed: Readonly<Record<string, number>>,
): SearchSpace {
  const ranges =
    Object.keys(requested).length > 0
      ? Object.entries(requested)
      : Object.entries(specification).flatMap(([name, { search }]) =>
          search === undefined || Object.hasOwn(fixed, name) ? [] : [[name, search] as const],
        );
  if (ranges.length === 0) {
    const names = Object.keys(specification).filter((name) => !Object.hasOwn(fixed, name));
    throw new OperatorError(
      'usage',
      `${algorithm} has nothing to search: every hyper-parameter is fixed or has no default range.`,
      `Give a range: --search NAME=FROM..TO, where NAME is one of ${names.join(', ') || 'those that --set does not fix'}.`,
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
      throw new OperatorError(
        'usage',
        `${name} is both searched and fixed.`,
        'Give it only in --search or only in --set.',
      );
    }
    const problem = problemOf(range, parameter);
    if (problem !== null) {
      throw new OperatorError(
        'usage',
        `The range of ${name} for ${algorithm}, from ${range.from} to ${range.to}, is invalid: ${problem}.`,
        `Accepted: ${parameter.min} to ${parameter.max}, as --search ${name}=FROM..TO or FROM..TO:log.`,
      );
    }
    const { from, to, scale } = range;
    return [name, { from, to, scale, step: parameter.step ?? null }] as const;
  });
  return Object.fromEntries(checked.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function problemOf({ from, to, scale }: SearchRange, { min, max, step }: HyperParameter): string | null {
  if (!(from < to)) return 'the first value must be below the second';
  if (from < min || to > max) return 'it exceeds the accepted values';
  if (scale === 'log' && from <= 0) return 'on a logarithmic scale the lower end must be above 0';
  if (step !== undefined && Math.ceil(from / step) > Math.floor(to / step)) {
    return `it contains no multiple of ${step}`;
  }
  return null;
}

/**
 * The values of one trial, drawn uniformly on the scale of each range; multiples of a step are equally likely. They
 * depend only on the space, the seed and the number, so that trials can run in any order and on any machine. Trial 0 has
 * no values: it is the defaults, which the other trials are compared with.
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
  // Half a step beyond both ends, so that the ends are as likely as other values.
  return step * within(least, most, Math.round(between(least - 0.5, most + 0.5)));
}

const within = (from: number, to: number, value: number): number => Math.min(to, Math.max(from, value));

/** Rounds to four significant digits, or more in a narrow range: people copy these values. */
function readable(value: number, from: number, to: number): number {
  const narrowness = Math.floor(Math.log10(Math.max(Math.abs(from), Math.abs(to)) / (to - from)));
  return Number(value.toPrecision(Math.min(15, 4 + Math.max(0, narrowness))));
}
