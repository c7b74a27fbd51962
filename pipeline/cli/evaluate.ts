import { Command, InvalidArgumentError } from 'commander';
import { OperatorError } from '../lib/errors.ts';
import { loadConfig } from '../stages/load-config.ts';
import { ALGORITHM_NAMES, algorithmNamed } from '../train/algorithms.ts';
import { evaluateFolds } from './evaluate-folds.ts';
import { evaluateSplit } from './evaluate-split.ts';
import { type CommonOptions, integer } from './options.ts';
import type { Terminal } from './terminal.ts';

interface EvaluateOptions extends CommonOptions {
  readonly train?: string;
  readonly test?: string;
  readonly data?: string;
  readonly folds?: number;
  readonly algorithm?: string;
  readonly seed?: number;
  readonly set: Readonly<Record<string, number>>;
  readonly baselines: boolean;
}

/** What to measure and how, once the options are known to agree. */
export interface EvaluateRun {
  readonly algorithm: string;
  /** In place of the algorithm's defaults. */
  readonly hyperParameters: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly baselines: boolean;
  readonly json: boolean;
}

/** `cinematch evaluate`: train on some ratings of files, measure on others. Needs no database. */
export function evaluateCommand(terminal: Terminal): Command {
  return new Command('evaluate')
    .description('train on some ratings and measure on others, under the protocol of docs/concepts.md')
    .option('--train <file>', 'ratings to train on, in any layout')
    .option('--test <file>', 'ratings to measure on')
    .option('--folds <k>', 'cross-validation: test on each of k random parts, train on the rest', integer(2))
    .option('--data <path>', 'file or folder of ratings for --folds')
    .option('--algorithm <name>', `${ALGORITHM_NAMES.join(', ')} (default: as configured)`)
    .option('--seed <n>', 'of the training, and of the folds (default: as configured)', integer(0))
    .option('--set <name=value>', 'a hyper-parameter; may be repeated', collectHyperParameter, {})
    .option('--no-baselines', 'measure the algorithm alone')
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Either two files:       cinematch evaluate --train u1.base --test u1.test
or cross-validation:    cinematch evaluate --folds 5 --data ml-latest-small`,
    )
    .action(async (options: EvaluateOptions) => {
      const source = sourceOf(options);
      const config = await loadConfig(options.config);
      const algorithm = algorithmNamed(options.algorithm ?? config.train.algorithm);
      const configured = algorithm.name === config.train.algorithm ? config.train.hyperParameters : {};
      const run: EvaluateRun = {
        algorithm: algorithm.name,
        hyperParameters: { ...configured, ...options.set },
        seed: options.seed ?? config.train.seed,
        baselines: options.baselines,
        json: options.json === true,
      };
      if (source.kind === 'folds') await evaluateFolds(terminal, source, run);
      else await evaluateSplit(terminal, source, run);
    });
}

type Source =
  | { readonly kind: 'split'; readonly train: string; readonly test: string }
  | { readonly kind: 'folds'; readonly data: string; readonly folds: number };

/**
 * Which ratings are meant. The file of `--folds` may also be given as `--train`.
 *
 * @throws OperatorError `usage` for options that contradict each other or are too few.
 */
function sourceOf({ train, test, data, folds }: EvaluateOptions): Source {
  if (folds === undefined) {
    if (data !== undefined) throw wrongUsage('--data is what --folds splits, and there is no --folds.');
    if (train === undefined || test === undefined) {
      throw wrongUsage(`${train === undefined ? '--train' : '--test'} is missing.`);
    }
    return { kind: 'split', train, test };
  }
  if (test !== undefined) throw wrongUsage('--folds tests on parts of its own, and takes no --test.');
  if (data !== undefined && train !== undefined) {
    throw wrongUsage('--folds splits one set of ratings: --data and --train name two.');
  }
  const path = data ?? train;
  if (path === undefined) throw wrongUsage('--folds has no --data to split.');
  return { kind: 'folds', data: path, folds };
}

function wrongUsage(problem: string): OperatorError {
  return new OperatorError(
    'usage',
    problem,
    'Give --train FILE and --test FILE, or --folds K and --data PATH.',
  );
}

function collectHyperParameter(text: string, collected: Record<string, number>): Record<string, number> {
  const [, name, value = ''] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || Number.isNaN(Number(value))) {
    throw new InvalidArgumentError('It must be a name, an equals sign and a number, such as sweeps=30.');
  }
  return { ...collected, [name]: Number(value) };
}
