import { OperatorError } from '../lib/errors.ts';

/** What a hyper-parameter may be. */
export interface HyperParameter {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** Values are whole multiples of this, when it is given. */
  readonly step?: number;
  /** Where `tune` looks for better values; what has none is not tuned. */
  readonly search?: { readonly from: number; readonly to: number; readonly scale: 'linear' | 'log' };
}

export type Specification = Readonly<Record<string, HyperParameter>>;

export function defaultsOf<S extends Specification>(specification: S): Readonly<Record<keyof S, number>> {
  const entries = Object.entries(specification).map(([name, { default: value }]) => [name, value]);
  return Object.fromEntries(entries) as Record<keyof S, number>;
}

function describe(name: string, { default: value, min, max, step }: HyperParameter): string {
  const steps = step === undefined ? '' : step === 1 ? ', whole' : `, a multiple of ${step}`;
  return `${name} (${min} to ${max}${steps}; default ${value})`;
}

/**
 * The defaults with the overrides in their place.
 *
 * @throws OperatorError `usage` that names what is wrong and lists what is accepted.
 */
export function resolveHyperParameters<S extends Specification>(
  algorithm: string,
  specification: S,
  overrides: Readonly<Record<string, number>>,
): Readonly<Record<keyof S, number>> {
  const accepted = Object.entries(specification).map(([name, parameter]) => describe(name, parameter));
  for (const [name, value] of Object.entries(overrides)) {
    const parameter = Object.hasOwn(specification, name) ? specification[name] : undefined;
    if (parameter === undefined) {
      throw new OperatorError(
        'usage',
        `${algorithm} has no hyper-parameter ${name}.`,
        `It has ${accepted.join(', ')}.`,
      );
    }
    const { min, max, step } = parameter;
    const fits = value >= min && value <= max && (step === undefined || Number.isInteger(value / step));
    if (!fits) {
      throw new OperatorError(
        'usage',
        `${algorithm} cannot use ${name} = ${value}.`,
        `Accepted is ${describe(name, parameter)}.`,
      );
    }
  }
  return { ...defaultsOf(specification), ...overrides };
}
