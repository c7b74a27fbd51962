import { Command } from 'commander';
import type { Config } from '../config.ts';
import { type AcrossFolds, acrossFolds, pairedAcrossFolds } from '../evaluate/across-folds.ts';
import { METRIC_NAMES, metricsBy } from '../evaluate/metric-names.ts';
import { rankingTask } from '../evaluate/ranking.ts';
import { OperatorError } from '../lib/errors.ts';
import { formatMetric } from '../reports/metric-text.ts';
import { formatBytes, formatCount, formatNumber, formatSeconds } from '../reports/numbers.ts';
import { crossValidate } from '../stages/compare/cross-validate.ts';
import { evaluateSimilar } from '../stages/compare/evaluate-similar.ts';
import { loadConfig } from '../stages/load-config.ts';
import { measureBaselines } from '../stages/training/baselines.ts';
import { type AlgorithmMeasurement, measureAlgorithm } from '../stages/training/measure-algorithm.ts';
import { ALGORITHM_NAMES, algorithmNamed } from '../train/algorithms.ts';
import { foldValues, printCrossValidation } from './print/cross-validation.ts';
import { printEvaluation } from './print/evaluation.ts';
import { stopwatch } from './terminal/open-pipeline.ts';
import {
  allUsersOption,
  type CommonOptions,
  collectValue,
  type FileReadingOptions,
  integer,
  withRankingUsers,
  withReading,
  withReadingOptions,
} from './terminal/options.ts';
import { describeRatings, type PartsSource, readParts } from './terminal/read-parts.ts';
import { readRatingsFile } from './terminal/read-ratings-file.ts';
import type { Terminal } from './terminal/terminal.ts';

interface EvaluateOptions extends CommonOptions, FileReadingOptions {
  readonly train?: string;
  readonly test?: string;
  readonly data?: string;
  readonly folds?: number;
  readonly algorithm?: string;
  readonly seed?: number;
  readonly set: Readonly<Record<string, number>>;
  readonly baselines: boolean;
  readonly allUsers?: boolean;
  readonly similar?: boolean;
  readonly prequential?: boolean;
}

/** What to measure and how, from options that agree. */
interface EvaluateRun {
  readonly algorithm: string;
  /** In place of the algorithm's defaults. */
  readonly hyperParameters: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly baselines: boolean;
  readonly evaluate: Config['evaluate'];
  /** Also measures in the order of time. */
  readonly inOrder: boolean;
  readonly config: Config;
  readonly json: boolean;
}

/** `cinematch evaluate`: trains on ratings of files, measures on others. Needs no database. */
export function evaluateCommand(terminal: Terminal): Command {
  return withReadingOptions(new Command('evaluate'))
    .description('train on some ratings and measure on others, as docs/concepts.md describes')
    .option('--train <file>', 'ratings to train on, in any layout')
    .option('--test <file>', 'ratings to measure on')
    .option('--folds <k>', 'cross-validation: test on each of k random parts, train on the rest', integer(2))
    .option('--data <path>', 'file or folder of ratings for --folds, --prequential and --similar')
    .option('--prequential', 'also predict each rating from all that its user had told before')
    .option('--similar', 'measure similar movies: the next movie liked, and the other parts of a series')
    .option('--algorithm <name>', `${ALGORITHM_NAMES.join(', ')} (default: as configured)`)
    .option('--seed <n>', 'seed of the training and of the folds (default: as configured)', integer(0))
    .option('--set <name=value>', 'a hyper-parameter; may be repeated', collectValue, {})
    .option('--no-baselines', 'measure the algorithm alone')
    .addOption(allUsersOption())
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Either two files:       cinematch evaluate --train u1.base --test u1.test
or cross-validation:    cinematch evaluate --folds 5 --data ml-latest-small
or in order of time:    cinematch evaluate --prequential --data ml-latest-small
or similar movies:      cinematch evaluate --similar --data ml-latest-small`,
    )
    .action(async (options: EvaluateOptions) => {
      const config = withReading(withRankingUsers(await loadConfig(options.config), options), options);
      if (options.similar === true) {
        await printSimilar(terminal, similarSource(options), options, config);
        return;
      }
      const source = sourceOf(options);
      const algorithm = algorithmNamed(options.algorithm ?? config.train.algorithm);
      const configured = algorithm.name === config.train.algorithm ? config.train.hyperParameters : {};
      const run: EvaluateRun = {
        algorithm: algorithm.name,
        hyperParameters: { ...configured, ...options.set },
        seed: options.seed ?? config.train.seed,
        baselines: options.baselines,
        evaluate: config.evaluate,
        inOrder: options.prequential === true,
        config,
        json: options.json === true,
      };
      if (source.kind === 'folds') await evaluateFolds(terminal, source, run);
      else await evaluateSplit(terminal, source, run);
    });
}

type Source = PartsSource | { readonly kind: 'folds'; readonly data: string; readonly folds: number };

/**
 * The ratings to use. `--train` may name the data of `--folds` too.
 *
 * @throws OperatorError `usage` for options that contradict each other or are too few.
 */
function sourceOf({ train, test, data, folds, prequential }: EvaluateOptions): Source {
  if (prequential === true && folds !== undefined) {
    throw wrongUsage('--folds are random parts, and --prequential needs the order of time.');
  }
  if (prequential === true && data !== undefined) {
    if (train === undefined && test === undefined) return { kind: 'newest', data };
    throw wrongUsage('--data is split by time and accepts no --train and no --test.');
  }
  if (folds === undefined) {
    if (data !== undefined)
      throw wrongUsage('--data needs --folds or --prequential, and there is no --folds.');
    if (train === undefined || test === undefined) {
      throw wrongUsage(`${train === undefined ? '--train' : '--test'} is missing.`);
    }
    return { kind: 'split', train, test };
  }
  if (test !== undefined) throw wrongUsage('--folds tests on parts of its data and accepts no --test.');
  if (data !== undefined && train !== undefined) {
    throw wrongUsage('--folds splits one set of ratings, but --data and --train name two.');
  }
  const path = data ?? train;
  if (path === undefined) throw wrongUsage('--folds needs ratings to split, and there is no --data.');
  return { kind: 'folds', data: path, folds };
}

/** @throws OperatorError `usage` without `--data`, or with options of the other evaluations. */
function similarSource({ data, train, test, folds, algorithm, prequential }: EvaluateOptions): string {
  const other = Object.entries({ train, test, folds, algorithm, prequential }).find(
    ([, value]) => value !== undefined,
  );
  if (other === undefined && data !== undefined) return data;
  throw new OperatorError(
    'usage',
    other === undefined
      ? '--similar needs ratings, and there is no --data.'
      : `--similar takes no --${other[0]}.`,
    'Give --similar --data PATH.',
  );
}

/** Measures similar movies and prints them beside the usual ways to find them. */
async function printSimilar(
  terminal: Terminal,
  data: string,
  { json, seed: given }: EvaluateOptions,
  config: Config,
): Promise<void> {
  const seed = given ?? config.train.seed;
  const rated = await readRatingsFile(terminal, data, config, { times: 'optional' });
  const measured = await evaluateSimilar(rated, { seed, stopwatch });
  if (json === true) {
    terminal.printJson({ data: describeRatings(data, rated), seed, ...measured });
    return;
  }
  const { pairs, seriesMovies, methods } = measured;
  terminal.print(
    `Recall@10 of the next movie liked (${formatCount(pairs)} held-out pairs), and of the other parts of a series by titles (${formatCount(seriesMovies)} movies)`,
  );
  terminal.print();
  terminal.printTable(
    ['Similar by', 'Next liked', 'Series', 'Found in'],
    methods.map(({ name, nextLiked, series, seconds }) => [
      name,
      formatNumber(nextLiked),
      formatNumber(series),
      formatSeconds(seconds),
    ]),
  );
}

function wrongUsage(problem: string): OperatorError {
  return new OperatorError(
    'usage',
    problem,
    'Give --train FILE and --test FILE, or --folds K and --data PATH, or --prequential and --data PATH.',
  );
}

/** Trains on one file or part, measures on another, and prints the model beside the baselines. */
async function evaluateSplit(terminal: Terminal, source: PartsSource, run: EvaluateRun): Promise<void> {
  const { algorithm, hyperParameters, seed, baselines, evaluate, inOrder, json } = run;
  const { onProgress } = terminal;
  const { train, test, movies, described } = await readParts(terminal, source, run);

  const started = stopwatch();
  const trial = { train, test, task: rankingTask(train, test, evaluate) };
  const taskSeconds = (stopwatch() - started) / 1000;
  const measured = await measureAlgorithm(algorithm, trial, {
    hyperParameters,
    seed,
    movies,
    stopwatch,
    onProgress,
    inOrder: inOrder ? { ...evaluate, seed } : undefined,
  });
  const { evaluation } = measured;
  const seconds = { ...measured.seconds, evaluate: measured.seconds.evaluate + taskSeconds };
  const peak = peakMemoryBytes();
  const beside = baselines ? await measureBaselines(trial, { seed, except: algorithm, stopwatch }) : [];

  if (json) {
    terminal.printJson({
      algorithm,
      hyperParameters: measured.hyperParameters,
      seed,
      ...described,
      ...evaluation,
      seconds,
      peakMemoryBytes: peak,
      baselines: beside.map(({ evaluation: metrics, ...baseline }) => ({ ...baseline, ...metrics })),
    });
    return;
  }
  terminal.print(
    `${algorithm}: trained on ${formatCount(train.length)} ratings in ${formatSeconds(seconds.fit)}, measured on ${formatCount(test.length)} in ${formatSeconds(seconds.evaluate)}; peak memory ${formatBytes(peak)}`,
  );
  terminal.print();
  printEvaluation(terminal, algorithm, evaluation, beside);
}

/** What an algorithm is compared with over the same folds: a well-known one, and the two baselines. */
const BESIDE = ['sgd-mf', 'bias', 'popularity'] as const;

/** Cross-validates the algorithm, and others beside it, on one set of ratings. */
async function evaluateFolds(
  terminal: Terminal,
  { data, folds }: { readonly data: string; readonly folds: number },
  { algorithm, hyperParameters, seed, baselines, evaluate, config, json }: EvaluateRun,
): Promise<void> {
  const rated = await readRatingsFile(terminal, data, config, { times: 'optional' });
  const beside = baselines ? BESIDE.filter((name) => name !== algorithm) : [];
  const measured = await crossValidate(rated, {
    folds,
    seed,
    evaluate,
    algorithms: [
      { name: algorithm, hyperParameters },
      ...beside.map((name) => ({ name, hyperParameters: {} })),
    ],
    stopwatch,
    onProgress: terminal.onProgress,
    onFold: (fold, [own]) => {
      if (own === undefined) return;
      terminal.note(
        `fold ${fold + 1} of ${folds}: RMSE ${formatMetric('rmse', own.evaluation.rmse)} on ${formatCount(own.evaluation.ratings)} ratings, trained in ${formatSeconds(own.seconds.fit)}`,
      );
    },
  });
  const [own = [], ...others] = measured;
  if (!json) {
    printCrossValidation(terminal, { own, others, peakMemoryBytes: peakMemoryBytes() });
    return;
  }
  terminal.printJson({
    algorithm,
    hyperParameters: own[0]?.hyperParameters,
    seed,
    data: describeRatings(data, rated),
    ...foldsJson(own),
    peakMemoryBytes: peakMemoryBytes(),
    baselines: others.map((other) => ({
      algorithm: other[0]?.algorithm,
      hyperParameters: other[0]?.hyperParameters,
      ...foldsJson(other),
      difference: metricsBy(METRIC_NAMES, (name) =>
        pairedAcrossFolds(foldValues(other, name), foldValues(own, name)),
      ),
    })),
  });
}

/** One algorithm over all folds: the metrics of each fold, then means and standard deviations. */
function foldsJson(measured: readonly AlgorithmMeasurement[]): Readonly<Record<string, unknown>> {
  const over = metricsBy(METRIC_NAMES, (name) => acrossFolds(foldValues(measured, name)));
  const part = (key: keyof AcrossFolds) => metricsBy(METRIC_NAMES, (name) => over[name][key]);
  return {
    folds: measured.map(({ evaluation, seconds }, fold) => ({ fold: fold + 1, ...evaluation, seconds })),
    mean: part('mean'),
    standardDeviation: part('standardDeviation'),
  };
}

/** The largest resident set size of this process so far, bytes. */
function peakMemoryBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}
