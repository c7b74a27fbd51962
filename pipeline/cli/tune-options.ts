import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { OperatorError } from '../lib/errors.ts';
import { openSearch, type Search } from '../stages/compare/run-trial.ts';
import { searchDigest } from '../stages/compare/trial-files.ts';
import { TUNED_METRICS, type TunedMetric } from '../stages/compare/trials.ts';
import { loadConfig } from '../stages/load-config.ts';
import { ALGORITHM_NAMES, algorithmNamed } from '../train/algorithms.ts';
import { resolveHyperParameters } from '../train/hyper-parameters.ts';
import { type SearchRange, searchSpace } from '../train/search-space.ts';
import { homeDirectory } from './open-pipeline.ts';
import { type CommonOptions, integer, numberBetween } from './options.ts';
import { readRatingsFile } from './read-ratings-file.ts';
import type { Terminal } from './terminal.ts';

/** What says which search it is: equal options give equal trials. */
export interface SearchCommandOptions extends CommonOptions {
  readonly train?: string;
  readonly algorithm?: string;
  readonly split: 'random' | 'time';
  readonly share: number;
  readonly seed?: number;
  readonly search: Readonly<Record<string, SearchRange>>;
  readonly set: Readonly<Record<string, number>>;
  readonly out?: string;
}

export function withSearchOptions(command: Command): Command {
  return command
    .option('--train <file>', 'the ratings to search on, in any layout; no other ratings are read')
    .option('--algorithm <name>', `${ALGORITHM_NAMES.join(', ')} (default: as configured)`)
    .addOption(
      new Option('--split <split>', 'which ratings validate: any, or the newest')
        .choices(['random', 'time'])
        .default('random'),
    )
    .option('--share <share>', 'share of the ratings that validate', numberBetween(0.01, 0.99), 0.2)
    .option('--seed <n>', 'of trials, split and training (default: as configured)', integer(0))
    .addOption(
      new Option('--search <name=from..to[:log]>', 'a range to search; may be repeated')
        .argParser(collectRange)
        .default({}, "the algorithm's own"),
    )
    .addOption(
      new Option('--set <name=value>', 'a hyper-parameter that stays so; may be repeated')
        .argParser(collectValue)
        .default({}, 'none'),
    )
    .option('--out <dir>', 'folder of the results (default: tune/… in the home)')
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON');
}

export const metricOption = (): Option =>
  new Option('--metric <metric>', 'what to be best at').choices(TUNED_METRICS).default('rmse' as TunedMetric);

const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const RANGE = new RegExp(String.raw`^([^=]+)=(${NUMBER})\.\.(${NUMBER})(?::(linear|log))?$`, 'i');
const VALUE = new RegExp(`^([^=]+)=(${NUMBER})$`, 'i');

function collectRange(
  text: string,
  collected: Record<string, SearchRange>,
): Readonly<Record<string, SearchRange>> {
  const [, name, from, to, scale] = RANGE.exec(text) ?? [];
  if (name === undefined) {
    throw new InvalidArgumentError(
      'It must be a name and a range, such as userDamping=0.5..50, and :log behind it to search magnitudes evenly.',
    );
  }
  const range = { from: Number(from), to: Number(to), scale: scale?.toLowerCase() ?? 'linear' };
  return { ...collected, [name]: range as SearchRange };
}

function collectValue(text: string, collected: Record<string, number>): Readonly<Record<string, number>> {
  const [, name, value] = VALUE.exec(text) ?? [];
  if (name === undefined) {
    throw new InvalidArgumentError('It must be a name, an equals sign and a number, such as sweeps=30.');
  }
  return { ...collected, [name]: Number(value) };
}

/**
 * The search that the options describe, and the folder of its results. Of ratings it reads the training file
 * and nothing else.
 *
 * @throws OperatorError `usage`, `config-invalid`, and as reading ratings does.
 */
export async function searchOf(
  terminal: Terminal,
  options: SearchCommandOptions,
): Promise<{ readonly search: Search; readonly folder: string; readonly file: string }> {
  const file = await trainingFile(options.train);
  const { train: configured } = await loadConfig(options.config);
  const algorithm = algorithmNamed(options.algorithm ?? configured.algorithm);
  const isConfigured = algorithm.name === configured.algorithm;
  const fixed = { ...(isConfigured ? configured.hyperParameters : {}), ...options.set };
  // Before anything is read, so that a slip costs no waiting.
  resolveHyperParameters(algorithm.name, algorithm.hyperParameters, fixed);
  const space = searchSpace(algorithm, options.search, options.set);

  const { split, share, seed = configured.seed } = options;
  const read = await readRatingsFile(terminal, file);
  const search = openSearch(read, { algorithm, space, fixed, split, share, seed });
  const name = `${algorithm.name}-${searchDigest(search.description).slice(0, 12)}`;
  return { search, file, folder: resolve(options.out ?? join(homeDirectory(), 'tune', name)) };
}

/** A folder is refused: to find the ratings in it, all its files would be looked into, those for testing too. */
async function trainingFile(path: string | undefined): Promise<string> {
  if (path === undefined) {
    throw new OperatorError(
      'usage',
      'tune was not told which ratings to search on.',
      'Name the training file: --train u1.base.',
    );
  }
  const isFolder = await stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (!isFolder) return path;
  throw new OperatorError(
    'usage',
    `${path} is a folder. tune reads the training file and no ratings beside it.`,
    'Name the file itself: --train FOLDER/ratings.csv.',
  );
}
