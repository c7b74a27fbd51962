import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { METRICS } from '../evaluate/metric-catalogue.ts';
import { JUDGED_METRICS, type JudgedMetric } from '../evaluate/metric-names.ts';
import { OperatorError } from '../lib/errors.ts';
import type { OnProgress } from '../lib/progress.ts';
import { formatMetric } from '../reports/metric-text.ts';
import { formatCount, formatSeconds } from '../reports/numbers.ts';
import { openSearch, type Search } from '../stages/compare/run-trial.ts';
import { readTrials, searchDigest, type TrialResult, trialFile } from '../stages/compare/trial-files.ts';
import { isBetter } from '../stages/compare/trials.ts';
import { tune } from '../stages/compare/tune.ts';
import { loadConfig } from '../stages/load-config.ts';
import { ALGORITHM_NAMES, algorithmNamed } from '../train/algorithms.ts';
import { resolveHyperParameters } from '../train/hyper-parameters.ts';
import { type SearchRange, searchSpace } from '../train/search-space.ts';
import { describeSearch, printTrial, printTrials, trialsJson } from './print/tune.ts';
import { homeDirectory, stopwatch } from './terminal/open-pipeline.ts';
import {
  allUsersOption,
  type CommonOptions,
  collectRange,
  collectValue,
  type FileReadingOptions,
  integer,
  numberBetween,
  withRankingUsers,
  withReading,
  withReadingOptions,
} from './terminal/options.ts';
import { readRatingsFile } from './terminal/read-ratings-file.ts';
import type { Terminal } from './terminal/terminal.ts';

interface TuneCommandOptions extends SearchCommandOptions {
  readonly trials: number;
  readonly metric: JudgedMetric;
}

/** `cinematch tune`: searches for hyper-parameters on the training file only. */
export function tuneCommand(terminal: Terminal): Command {
  const command = new Command('tune')
    .description('search for better hyper-parameters, validated on a part of the training file')
    .enablePositionalOptions()
    .option('--trials <n>', 'number of trials; the first has the defaults', integer(1), 20)
    .addOption(metricOption());
  return withSearchOptions(command)
    .addHelpText('after', '\nRun the same command again to resume an interrupted search. Needs no database.')
    .addCommand(trialCommand(terminal))
    .addCommand(tableCommand(terminal))
    .action(async (options: TuneCommandOptions) => {
      const { search, folder, file } = await searchOf(terminal, options);
      const { metric } = options;
      terminal.note(`${describeSearch(search.description, file)}\nresults in ${folder}`);
      const results = await tune(search, {
        folder,
        trials: Array.from({ length: options.trials }, (_, trial) => trial),
        ...progressNotes(terminal, metric, options.trials),
      });
      if (options.json === true) {
        terminal.printJson(trialsJson(results, metric, folder));
        return;
      }
      printTrials(terminal, results, metric);
    });
}

function trialCommand(terminal: Terminal): Command {
  return withSearchOptions(
    new Command('trial')
      .description('run one trial of a search; trials may run in any order and on any machine')
      .argument('<n>', 'number of the trial; 0 has the defaults', integer(0)),
  ).action(async (trial: number, options: SearchCommandOptions, command: Command) => {
    refuseMisplaced(command);
    const { search, folder } = await searchOf(terminal, options);
    const results = await tune(search, {
      folder,
      trials: [trial],
      onFound: (found) => {
        if (found.length > 0) terminal.note(`trial ${trial} exists already`);
      },
      progressOf: () => terminal.onProgress,
    });
    const result = results[0] as TrialResult;
    if (options.json === true) terminal.printJson({ file: trialFile(folder, trial), ...result });
    else printTrial(terminal, result, trialFile(folder, trial));
  });
}

function tableCommand(terminal: Terminal): Command {
  return new Command('table')
    .description('compare all trials in a folder')
    .requiredOption('--out <dir>', 'folder of the results')
    .addOption(metricOption())
    .option('--json', 'print JSON')
    .action(async (options: TableOptions, command: Command) => {
      refuseMisplaced(command);
      const folder = resolve(options.out);
      const results = await readTrials(folder);
      if (results.length === 0) {
        throw new OperatorError(
          'usage',
          `${folder} contains no trials.`,
          'Run some: cinematch tune --train FILE --out DIR.',
        );
      }
      if (options.json === true) terminal.printJson(trialsJson(results, options.metric, folder));
      else printTrials(terminal, results, options.metric);
    });
}

interface TableOptions extends CommonOptions {
  readonly out: string;
  readonly metric: JudgedMetric;
}

/** Refuses an option before the subcommand: it would be an option of `tune` and have no effect. */
function refuseMisplaced(command: Command): void {
  const { parent } = command;
  const misplaced = parent?.options.find(
    (option) => parent.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (misplaced === undefined) return;
  throw new OperatorError(
    'usage',
    `${misplaced.long} is before ${command.name()}, where it has no effect.`,
    `Put it after the subcommand: cinematch tune ${command.name()} … ${misplaced.long} ….`,
  );
}

/** Reports each trial, the best one so far, and the time that the other trials will take. */
function progressNotes(terminal: Terminal, metric: JudgedMetric, total: number) {
  let best: TrialResult | null = null;
  let [done, made, seconds] = [0, 0, 0];
  const take = (result: TrialResult): void => {
    done++;
    if (best === null || isBetter(metric, result.metrics[metric], best.metrics[metric])) best = result;
  };
  return {
    onFound: (found: readonly TrialResult[]): void => {
      for (const result of found) take(result);
      if (found.length > 0) terminal.note(`${found.length} of ${total} trials exist already`);
    },
    onTrial: (result: TrialResult): void => {
      take(result);
      made++;
      seconds += result.seconds.fit + result.seconds.evaluate;
      const parts = [
        `${formatCount(done)} of ${formatCount(total)}`,
        `trial ${result.trial}`,
        result.failure === null ? figure(metric, result) : 'failed',
        formatSeconds(result.seconds.fit + result.seconds.evaluate),
      ];
      if (best !== null) parts.push(`best so far ${figure(metric, best)} (trial ${best.trial})`);
      if (done < total) parts.push(`about ${formatSeconds((seconds / made) * (total - done))} left`);
      terminal.note(parts.join('  '));
    },
    progressOf:
      (trial: number): OnProgress =>
      (progress) =>
        terminal.onProgress({ ...progress, stage: `trial ${trial}: ${progress.stage}` }),
  };
}

const figure = (metric: JudgedMetric, { metrics }: TrialResult): string =>
  `${METRICS[metric].label} ${formatMetric(metric, metrics[metric])}`;

/** The options that identify a search: equal options give equal trials. */
interface SearchCommandOptions extends CommonOptions, FileReadingOptions {
  readonly train?: string;
  readonly algorithm?: string;
  readonly split: 'random' | 'time';
  readonly share: number;
  readonly seed?: number;
  readonly search: Readonly<Record<string, SearchRange>>;
  readonly set: Readonly<Record<string, number>>;
  readonly out?: string;
  readonly allUsers?: boolean;
}

function withSearchOptions(command: Command): Command {
  return withReadingOptions(command)
    .option('--train <file>', 'file of training ratings, in any layout; no other ratings are read')
    .option('--algorithm <name>', `${ALGORITHM_NAMES.join(', ')} (default: as configured)`)
    .addOption(
      new Option('--split <split>', 'which ratings are for validation: random ones, or the newest')
        .choices(['random', 'time'])
        .default('random'),
    )
    .option('--share <share>', 'share of the ratings for validation', numberBetween(0.01, 0.99), 0.2)
    .option('--seed <n>', 'seed of trials, split and training (default: as configured)', integer(0))
    .addOption(
      new Option('--search <name=from..to[:log]>', 'a range to search; may be repeated')
        .argParser(collectRange)
        .default({}, "the algorithm's own"),
    )
    .addOption(
      new Option('--set <name=value>', 'a fixed hyper-parameter; may be repeated')
        .argParser(collectValue)
        .default({}, 'none'),
    )
    .addOption(allUsersOption())
    .option('--out <dir>', 'folder of the results (default: tune/… in CINEMATCH_HOME)')
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON');
}

const metricOption = (): Option =>
  new Option('--metric <metric>', 'metric to optimise')
    .choices(JUDGED_METRICS)
    .default('rmse' as JudgedMetric);

/**
 * The search that the options describe, and the folder of its results. Reads the training file and no other ratings.
 *
 * @throws OperatorError `usage`, `config-invalid`, and the errors of reading ratings.
 */
async function searchOf(
  terminal: Terminal,
  options: SearchCommandOptions,
): Promise<{ readonly search: Search; readonly folder: string; readonly file: string }> {
  const file = await trainingFile(options.train);
  const config = withReading(withRankingUsers(await loadConfig(options.config), options), options);
  const { train: configured, evaluate } = config;
  const algorithm = algorithmNamed(options.algorithm ?? configured.algorithm);
  const isConfigured = algorithm.name === configured.algorithm;
  const fixed = { ...(isConfigured ? configured.hyperParameters : {}), ...options.set };
  // Before the ratings are read, so that a mistake is reported at once.
  resolveHyperParameters(algorithm.name, algorithm.hyperParameters, fixed);
  const space = searchSpace(algorithm, options.search, options.set);

  const { split, share, seed = configured.seed } = options;
  const read = await readRatingsFile(terminal, file, config);
  const search = openSearch(read, { algorithm, space, fixed, split, share, seed, evaluate, stopwatch });
  const name = `${algorithm.name}-${searchDigest(search.description).slice(0, 12)}`;
  return { search, file, folder: resolve(options.out ?? join(homeDirectory(), 'tune', name)) };
}

/** Refuses a folder: to find its ratings, all files would be read, the test ratings too. */
async function trainingFile(path: string | undefined): Promise<string> {
  if (path === undefined) {
    throw new OperatorError('usage', 'The training file is missing.', 'Name it: --train u1.base.');
  }
  const isFolder = await stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (!isFolder) return path;
  throw new OperatorError(
    'usage',
    `${path} is a folder. tune reads the training file and no other ratings.`,
    'Name the file itself: --train FOLDER/ratings.csv.',
  );
}
