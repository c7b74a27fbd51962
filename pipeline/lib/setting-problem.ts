import { oneLine } from './escape.ts';

/** The path of a setting: `['train', 'hyperParameters', 'vb-mf.sweeps']`. */
export type SettingPath = readonly (string | number)[];

/** A problem with one setting. */
export interface SettingProblem {
  readonly path: SettingPath;
  /** The value as text; null for an unknown setting, whose value may be a secret. */
  readonly seen: string | null;
  /** In words: `from 8 to 128, a multiple of 8`. */
  readonly accepted: string;
  /** The accepted name or value that was probably meant. */
  readonly nearest: string | null;
}

/** A path as JavaScript: `train.hyperParameters["vb-mf.sweeps"]`. */
export function formatPath(path: SettingPath): string {
  const text = path.map((key) =>
    typeof key === 'string' && /^[\w$-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`,
  );
  return text.join('').replace(/^\./, '') || 'the default export';
}

/** A value for an error message, without the content of lists and objects and without secrets in URLs. */
export function formatValue(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return JSON.stringify(oneLine(withoutSecrets(value), 80));
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  const name: unknown = value.constructor?.name;
  return name === undefined || name === 'Object' ? 'an object' : `an object of type ${name}`;
}

/** Text without the user, password, query and fragment of its URLs. */
export function withoutSecrets(text: string): string {
  return text.replace(/:\/\/\S*@/g, '://…@').replace(/(:\/\/[^\s?#]*)[?#]\S*/g, '$1?…');
}

/** One problem as one to three sentences. */
export function describeProblem({ path, seen, accepted, nearest }: SettingProblem): string {
  const name = formatPath(path);
  return [
    seen === null ? `${name} is not a setting.` : `${name} is ${seen}.`,
    ...(nearest === null ? [] : [`Did you mean ${nearest}?`]),
    `Accepted: ${accepted}.`,
  ].join(' ');
}
