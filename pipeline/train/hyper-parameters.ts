import { OperatorError } from '../lib/errors.ts';
import { nearestWord } from '../lib/nearest-word.ts';
import type { SettingProblem } from '../lib/setting-problem.ts';

/** The meaning and the accepted values of a hyper-parameter. */
export interface HyperParameter {
  /** What it does, in one sentence. docs/configuration.md shows it. */
  readonly meaning: string;
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** Values must be multiples of this. @default any number is accepted */
  readonly step?: number;
  /** The range that `tune` searches. Without it, `tune` does not vary the hyper-parameter. */
  readonly search?: { readonly from: number; readonly to: number; readonly scale: 'linear' | 'log' };
}

export type Specification = Readonly<Record<string, HyperParameter>>;

export function defaultsOf<S extends Specification>(specification: S): Readonly<Record<keyof S, number>> {
  const entries = Object.entries(specification).map(([name, { default: value }]) => [name, value]);
  return Object.fromEntries(entries) as Record<keyof S, number>;
}

/** `8 to 128, a multiple of 8`. */
export function rangeOf({ min, max, step }: HyperParameter): string {
  const steps = step === undefined ? '' : step === 1 ? ', whole' : `, a multiple of ${step}`;
  return `${min} to ${max}${steps}`;
}

const describe = (name: string, parameter: HyperParameter): string =>
  `${name} (${rangeOf(parameter)}; default ${parameter.default})`;

/** All values that an algorithm does not accept. The path of a problem is the name of the hyper-parameter. */
export function hyperParameterProblems(
  specification: Specification,
  values: Readonly<Record<string, number>>,
): readonly SettingProblem[] {
  return Object.entries(values).flatMap(([name, value]): readonly SettingProblem[] => {
    const parameter = Object.hasOwn(specification, name) ? specification[name] : undefined;
    if (parameter === undefined) {
      const accepted = Object.entries(specification).map(([each, its]) => describe(each, its));
      const nearest = nearestWord(name, Object.keys(specification));
      return [{ path: [name], seen: null, accepted: accepted.join(', '), nearest }];
    }
    const { min, max, step } = parameter;
    const fits = value >= min && value <= max && (step === undefined || Number.isInteger(value / step));
    return fits ? [] : [{ path: [name], seen: String(value), accepted: rangeOf(parameter), nearest: null }];
  });
}

/**
 * The defaults, replaced by the overrides.
 *
 * @throws OperatorError `usage` for an unknown hyper-parameter or a value out of range.
 */
export function resolveHyperParameters<S extends Specification>(
  algorithm: string,
  specification: S,
  overrides: Readonly<Record<string, number>>,
): Readonly<Record<keyof S, number>> {
  const [problem] = hyperParameterProblems(specification, overrides);
  if (problem !== undefined) {
    const { seen, accepted } = problem;
    const name = String(problem.path[0]);
    const [message, remedy] =
      seen === null
        ? [`has no hyper-parameter ${name}.`, `It has ${accepted}.`]
        : [
            `cannot use ${name} = ${seen}.`,
            `Accepted: ${describe(name, specification[name] as HyperParameter)}.`,
          ];
    throw new OperatorError('usage', `${algorithm} ${message}`, remedy);
  }
  return { ...defaultsOf(specification), ...overrides };
}

/** Hyper-parameters of a stored model by today's names: earlier releases called the number of factors `lanes`. */
export function withTodaysNames(stored: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(stored).map(([name, value]) => [name.replace(/(^|\.)lanes$/, '$1factors'), value]),
  );
}
