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
  readonly default?: string | undefined;
  readonly secret?: boolean;
}

/**
 * A kind of input. A missing optional one is null, a missing required one is its default or an error.
 *
 * @param read parses a text that is not empty; undefined where it is invalid.
 */
function kind<T>(form: string, read: (text: string) => T | undefined, isAnyText = false) {
  const input = (description: string, common: Common) => ({
    description,
    form,
    isAnyText,
    default: common.default ?? null,
    secret: common.secret ?? false,
  });
  return {
    optional: (description: string, common: Common = {}): Input<T | null> => ({
      ...input(description, common),
      required: false,
      read: (text) => (text === '' ? null : read(text)),
    }),
    required: (description: string, common: Common = {}): Input<T> => ({
      ...input(description, common),
      form: isAnyText ? `${form}, not empty` : form,
      required: common.default === undefined,
      read: (text) => (text === '' ? undefined : read(text)),
    }),
  };
}

/** A kind of text that a pattern describes. */
const matching = (form: string, pattern: RegExp) =>
  kind(form, (value) => (pattern.test(value) ? value : undefined));

/** Any text. */
export const text = kind('text', (value) => value, true);

/** A version, an issue's number, a run's id. */
export const natural = kind('a whole number from 1', (value) =>
  /^[1-9]\d{0,14}$/.test(value) ? Number(value) : undefined,
);

export const commit = matching('a commit, 40 hex digits', /^[0-9a-f]{40}$/);
export const digest = matching('a SHA-256, 64 hex digits', /^[0-9a-f]{64}$/);

/** One of several words. */
export function choice<const T extends string>(
  description: string,
  choices: readonly T[],
  defaultChoice?: T,
): Input<T> {
  const form = `one of ${choices.map((word) => `\`${word}\``).join(', ')}`;
  const words = kind(form, (value) => choices.find((word) => word === value));
  return words.required(description, { default: defaultChoice });
}

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
  throw invalid(definition.name, problems.join('; '));
}

/**
 * The value of an input that only some steps need.
 *
 * @throws OperatorError `input-invalid` when it is missing.
 */
export function needed<T>({ name: action }: { readonly name: string }, input: string, value: T | null): T {
  if (value !== null) return value;
  throw invalid(action, `input "${input}" is missing, which this step needs`);
}

function invalid(action: string, problem: string): OperatorError {
  return new OperatorError(
    'input-invalid',
    `The action ${action} cannot start: ${problem}.`,
    `Correct it under \`with:\` of the step that uses ./actions/${action}; actions/${action}/README.md lists every input.`,
  );
}
