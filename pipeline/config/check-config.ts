import type { z } from 'zod';
import { type Config, configSchema } from '../config.ts';
import { nearestWord } from '../lib/nearest-word.ts';
import { formatPath, formatValue, type SettingPath, type SettingProblem } from '../lib/setting-problem.ts';
import { contradictions } from './agreements.ts';
import { acceptedBy, configNode, groupOf, nodeAt, type SchemaNode, valueAt } from './schema-node.ts';

/** A configuration and its problems. */
export interface CheckedConfig {
  /** Complete with defaults. A setting with a problem has its default. */
  readonly config: Config;
  readonly problems: readonly SettingProblem[];
}

/**
 * Finds every problem of a configuration that does not depend on the algorithms: unknown settings, wrong types,
 * values out of range, and settings that contradict each other.
 */
export function checkConfig(input: unknown): CheckedConfig {
  if (!isPlainObject(input)) {
    const accepted = 'an object with settings';
    const problems = [{ path: [], seen: formatValue(input), accepted, nearest: null }];
    return { config: deepFreeze(configSchema.parse({})), problems };
  }
  const result = configSchema.safeParse(input);
  const found = result.success ? [] : problemsOf(result.error.issues, input);
  const repaired = found.reduce<unknown>((rest, { path }) => without(rest, path), input);
  const config = deepFreeze(result.success ? result.data : configSchema.parse(repaired));
  const hasProblem = (path: SettingPath): boolean =>
    found.some((problem) => startsWith(path, problem.path) || startsWith(problem.path, path));
  return { config, problems: [...found, ...contradictions(config, hasProblem)] };
}

const startsWith = (path: SettingPath, start: SettingPath): boolean =>
  start.every((key, at) => path[at] === key);

const isPlainObject = (input: unknown): boolean =>
  typeof input === 'object' &&
  input !== null &&
  (Object.getPrototypeOf(input) === null || Object.getPrototypeOf(input) === Object.prototype);

function problemsOf(issues: readonly z.core.$ZodIssue[], input: unknown): readonly SettingProblem[] {
  const root = configNode();
  const problems = issues.flatMap((issue) => {
    const path = issue.path as SettingPath;
    const node = nodeAt(root, path, input);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => unknownSetting(root, [...path, key], input));
    }
    const value = valueAt(input, path);
    const word = typeof value === 'string' ? nearestWord(value, (node.enum ?? []).map(String)) : null;
    const nearest = word && formatValue(word);
    return [{ path, seen: formatValue(value), accepted: acceptedBy(node), nearest }];
  });
  // A value that breaks two conditions of a setting is one problem.
  return [...new Map(problems.map((problem) => [formatPath(problem.path), problem])).values()];
}

function unknownSetting(root: SchemaNode, path: SettingPath, input: unknown): SettingProblem {
  const above = path.slice(0, -1);
  const name = String(path.at(-1));
  const group = groupOf(nodeAt(root, above, input), valueAt(input, above));
  const names = Object.keys(group?.properties ?? {});
  const elsewhere = pathsOf(root).find((setting) => setting.at(-1) === name);
  return {
    path,
    seen: null,
    accepted: names.join(', '),
    // The very name in another group says more than a name that is only near.
    nearest: elsewhere === undefined ? nearestWord(name, names) : formatPath(elsewhere),
  };
}

/** The paths of all settings outside of lists. */
function pathsOf({ properties = {} }: SchemaNode): readonly SettingPath[] {
  return Object.entries(properties).flatMap(([name, node]) => [
    [name],
    ...pathsOf(node).map((path) => [name, ...path]),
  ]);
}

/** The input without a setting. A list with a wrong entry is removed as a whole. */
function without(input: unknown, [key, ...rest]: SettingPath): unknown {
  if (key === undefined || Array.isArray(input) || typeof input !== 'object' || input === null)
    return undefined;
  const { [key]: value, ...others } = input as Record<string, unknown>;
  return rest.length === 0 ? others : { ...others, [key]: without(value, rest) };
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value))
    if (inner !== null && typeof inner === 'object') deepFreeze(inner);
  return Object.freeze(value);
}
