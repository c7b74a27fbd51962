import { basename } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { evaluateModel } from '../evaluate/evaluate.ts';
import { loadConfig } from '../flows/load-config.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { vocabularyOf } from '../ratings/vocabulary.ts';
import { formatCount, formatSeconds } from '../reports/numbers.ts';
import { ALGORITHM_NAMES, algorithmNamed } from '../train/algorithms.ts';
import { defaultsOf } from '../train/hyper-parameters.ts';
import { type CommonOptions, integer } from './options.ts';
import { printEvaluation } from './print-evaluation.ts';
import { readRatingsFile } from './read-ratings-file.ts';
import type { Terminal } from './terminal.ts';

interface EvaluateOptions extends CommonOptions {
  readonly train: string;
  readonly test: string;
  readonly algorithm?: string;
  readonly seed?: number;
  readonly set: Readonly<Record<string, number>>;
}

/** `cinematch evaluate`: train on one file, measure on another. Needs no database. */
export function evaluateCommand(terminal: Terminal): Command {
  return new Command('evaluate')
    .description('train on one file and measure on another, under the protocol of docs/concepts.md')
    .requiredOption('--train <file>', 'ratings to train on, in any layout')
    .requiredOption('--test <file>', 'ratings to measure on')
    .option('--algorithm <name>', `${ALGORITHM_NAMES.join(', ')} (default: as configured)`)
    .option('--seed <n>', 'seed (default: as configured)', integer(0))
    .option('--set <name=value>', 'a hyper-parameter; may be repeated', collectHyperParameter, {})
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON')
    .action(async (options: EvaluateOptions) => {
      const config = await loadConfig(options.config);
      const algorithm = algorithmNamed(options.algorithm ?? config.train.algorithm);
      const configured = algorithm.name === config.train.algorithm ? config.train.hyperParameters : {};
      const hyperParameters = { ...configured, ...options.set };
      const { ratings: train } = await readRatingsFile(terminal, options.train);
      const { ratings: test } = await readRatingsFile(terminal, options.test);

      const started = performance.now();
      const model = await algorithm.fit(train, {
        hyperParameters,
        seed: options.seed ?? config.train.seed,
        onProgress: terminal.onProgress,
      });
      const fitted = performance.now();
      const evaluation = evaluateModel(model, { train, test }, { onProgress: terminal.onProgress });
      const seconds = { fit: (fitted - started) / 1000, evaluate: (performance.now() - fitted) / 1000 };

      if (options.json === true) {
        terminal.printJson({
          algorithm: algorithm.name,
          hyperParameters: { ...defaultsOf(algorithm.hyperParameters), ...hyperParameters },
          train: sizeOf(options.train, train),
          test: sizeOf(options.test, test),
          ...evaluation,
          seconds,
        });
        return;
      }
      terminal.print(
        `${algorithm.name}: trained on ${formatCount(train.length)} ratings in ${formatSeconds(seconds.fit)}, measured on ${formatCount(test.length)} in ${formatSeconds(seconds.evaluate)}`,
      );
      terminal.print();
      printEvaluation(terminal, evaluation);
    });
}

function collectHyperParameter(text: string, collected: Record<string, number>): Record<string, number> {
  const [, name, value = ''] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || Number.isNaN(Number(value))) {
    throw new InvalidArgumentError('It must be a name, an equals sign and a number, such as sweeps=30.');
  }
  return { ...collected, [name]: Number(value) };
}

function sizeOf(path: string, ratings: Ratings): Record<string, unknown> {
  return {
    file: basename(path),
    ratings: ratings.length,
    users: vocabularyOf(ratings.userIds).size,
    movies: vocabularyOf(ratings.movieIds).size,
  };
}
