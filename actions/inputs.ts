import { OperatorError } from '../pipeline/lib/errors.ts';

/** What an input accepts, and its entry in `action.yml`. */
export interface Input<T> {
  readonly description: string;
  /** What is accepted, in words: `a whole number from 1`. */
  readonly form: string;
  /** Whether any text is accepted, so that its description says enough. */
  readonly isAnyText: boolean;
  readonly required: boolean;
  /** As in `action.yml`; may be an expression. */
  readonly default: string | null;
  /** A secret is masked first. */
  readonly secret: boolean;
  /** Parses the text; undefined where it is invalid. */
  read(text: string): T | undefined;
}

export type Inputs = Readonly<Record<string, Input<unknown>>>;
/** The values an action works with; a missing input without a default is null. */
export type InputValues<I extends Inputs> = {
  readonly [K in keyof I]: I[K] extends Input<infer T> ? T : never;
};
/** Outputs by name, with their descriptions. */
export type Outputs = Readonly<Record<string, string>>;

/** The definition of an action: its inputs and outputs with their types. `action.yml` is written from it. */
export interface ActionDefinition<I extends Inputs, O extends Outputs> {
  /** The folder under `actions/`. */
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** What it does and what it needs, Markdown paragraphs for its README. */
  readonly explanation: string;
  readonly inputs: I;
  readonly outputs: O;
}

export function defineAction<const I extends Inputs, const O extends Outputs>(
  definition: ActionDefinition<I, O>,
): ActionDefinition<I, O> {
  return definition;
}

interface Common {
  readonly default?: string;
  readonly secret?: boolean;
  readonly isAnyText?: boolean;
}

function optional<T>(
  description: string,
  form: string,
  read: (text: string) => T | undefined,
  common: Common,
): Input<T | null> {
  return {
    description,
    form,
    isAnyText: common.isAnyText ?? false,
    required: false,
    default: common.default ?? null,
    secret: common.secret ?? false,
    read: (text) => (text === '' ? null : read(text)),
  };
}

function required<T>(
  description: string,
  form: string,
  read: (text: string) => T | undefined,
  common: Common,
): Input<T> {
  return {
    description,
    form,
    isAnyText: common.isAnyText ?? false,
    required: common.default === undefined,
    default: common.default ?? null,
    secret: common.secret ?? false,
    read: (text) => (text === '' ? undefined : read(text)),
  };
}

/** Any text. */
export const text = {
  optional: (description: string, common: Common = {}) =>
    optional(description, 'text', (value) => value, { ...common, isAnyText: true }),
  required: (description: string, common: Common = {}) =>
    required(description, 'text, not empty', (value) => value, { ...common, isAnyText: true }),
};

const readNatural = (value: string): number | undefined => {
  const number = /^[1-9]\d{0,14}$/.test(value) ? Number(value) : undefined;
  return number;
};

/** A version, an issue's number, a run's id. */
export const natural = {
  optional: (description: string) => optional(description, 'a whole number from 1', readNatural, {}),
  required: (description: string) => required(description, 'a whole number from 1', readNatural, {}),
};

/** One of several words. */
export function choice<const T extends string>(
  description: string,
  choices: readonly T[],
  defaultChoice?: T,
): Input<T> {
  return required(
    description,
    `one of ${choices.map((word) => `\`${word}\``).join(', ')}`,
    (value) => choices.find((word) => word === value),
    defaultChoice === undefined ? {} : { default: defaultChoice },
  );
}

/** 40 hex digits. */
export const commit = {
  optional: (description: string) =>
    optional(
      description,
      'a commit, 40 hex digits',
      (value) => (/^[0-9a-f]{40}$/.test(value) ? value : undefined),
      {},
    ),
};

/** 64 hex digits. */
export const digest = {
  optional: (description: string) =>
    optional(
      description,
      'a SHA-256, 64 hex digits',
      (value) => (/^[0-9a-f]{64}$/.test(value) ? value : undefined),
      {},
    ),
};

/**
 * Reads all inputs of an action.
 *
 * @param given returns the text of an input from the runner; empty when it is missing.
 * @throws OperatorError `input-invalid` that names every wrong input with its value and the accepted form.
 */
export function readInputs<I extends Inputs>(
  definition: ActionDefinition<I, Outputs>,
  given: (name: string) => string,
): InputValues<I> {
  const problems: string[] = [];
  const values = Object.entries(definition.inputs).map(([name, input]) => {
    const text = given(name).trim();
    const value = input.read(text);
    if (value === undefined) {
      const seen = text === '' ? 'is missing' : input.secret ? 'is malformed' : `is ${JSON.stringify(text)}`;
      problems.push(`input "${name}" ${seen}; it takes ${input.form}`);
    }
    return [name, value] as const;
  });
  if (problems.length === 0) return Object.fromEntries(values) as InputValues<I>;
  throw new OperatorError(
    'input-invalid',
    `The action ${definition.name} cannot start: ${problems.join('; ')}.`,
    `Correct it under \`with:\` of the step that uses ./actions/${definition.name}; actions/${definition.name}/README.md lists every input.`,
  );
}
