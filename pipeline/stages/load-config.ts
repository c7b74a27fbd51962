import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkConfig } from '../config/check-config.ts';
import type { Config } from '../config.ts';
import { OperatorError } from '../lib/errors.ts';
import { nearestWord } from '../lib/nearest-word.ts';
import { describeProblem, formatValue, type SettingProblem, withoutSecrets } from '../lib/setting-problem.ts';
import { ALGORITHMS, findAlgorithm } from '../train/algorithms.ts';
import { hyperParameterProblems } from '../train/hyper-parameters.ts';

const CONFIG_FILE = 'cinematch.config.ts';

/**
 * Reads the configuration: the named file, or `cinematch.config.ts` of the working directory, or defaults.
 *
 * @throws OperatorError `config-invalid`.
 */
export async function loadConfig(file?: string): Promise<Config> {
  const path = resolve(file ?? CONFIG_FILE);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    if (file === undefined) return parseConfig({}, 'the default configuration');
    throw new OperatorError(
      'config-invalid',
      `There is no file ${file}.`,
      'Name a configuration file that exists.',
    );
  }
  const module = await importModule(path);
  if ('default' in module) return parseConfig(module.default, path);
  throw new OperatorError(
    'config-invalid',
    `${path} has no default export.`,
    'Export the configuration: export default { … }.',
  );
}

async function importModule(path: string): Promise<{ readonly default?: unknown }> {
  try {
    return await import(pathToFileURL(path).href);
  } catch (cause) {
    throw new OperatorError(
      'config-invalid',
      `${path} cannot be loaded: ${reasonOf(cause)}.`,
      'Correct the file. It must be a TypeScript module that Node can run, and its default export is the configuration.',
      { cause },
    );
  }
}

/** What was thrown, and in which line where the stack begins with it. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return withoutSecrets(String(cause));
  const [first = '', second = ''] = (cause.stack ?? '').split('\n');
  const line =
    /^(?:file:\/\/)?(\/.+:\d+)$/.exec(first)?.[1] ?? /\(?file:\/\/(\/.+:\d+):\d+\)?$/.exec(second)?.[1];
  const reason = withoutSecrets(`${cause.name}: ${cause.message}`.replace(/\.$/, ''));
  return line === undefined ? reason : `${reason}, at ${line}`;
}

/**
 * Checks a configuration and fills in the defaults.
 *
 * @param place where it came from, for the error: a path.
 * @throws OperatorError `config-invalid` that lists every problem.
 */
export function parseConfig(input: unknown, place: string): Config {
  const { config, problems: general } = checkConfig(input);
  const isAlgorithmKnown = general.every(({ path }) => path.join('.') !== 'train.algorithm');
  const problems = isAlgorithmKnown ? [...general, ...algorithmProblems(config)] : general;
  if (problems.length === 0) return config;
  throw new OperatorError(
    'config-invalid',
    `${place} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${problems.map((problem) => `- ${describeProblem(problem)}`).join('\n')}`,
    'Correct these settings. docs/configuration.md describes each one.',
  );
}

function algorithmProblems({ train, serve }: Config): readonly SettingProblem[] {
  const algorithm = findAlgorithm(train.algorithm);
  if (algorithm === undefined) {
    const names = ALGORITHMS.map(({ name }) => name);
    const nearest = nearestWord(train.algorithm, names);
    return [
      {
        path: ['train', 'algorithm'],
        seen: formatValue(train.algorithm),
        accepted: names.join(', '),
        nearest: nearest && formatValue(nearest),
      },
    ];
  }
  const problems = hyperParameterProblems(algorithm.hyperParameters, train.hyperParameters).map(
    (problem): SettingProblem => ({
      ...problem,
      path: ['train', 'hyperParameters', ...problem.path],
      accepted:
        problem.seen === null
          ? `the hyper-parameters of ${algorithm.name}: ${Object.keys(algorithm.hyperParameters).join(', ')}`
          : problem.accepted,
    }),
  );
  if (serve.movies === null || algorithm.needsAllMovies !== true) return problems;
  const accepted = `null, because a model of ${algorithm.name} cannot leave movies out`;
  return [
    ...problems,
    { path: ['serve', 'movies'], seen: formatValue(serve.movies), accepted, nearest: null },
  ];
}
