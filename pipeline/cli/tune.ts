import { resolve } from 'node:path';
import { Command } from 'commander';
import { OperatorError } from '../lib/errors.ts';
import type { OnProgress } from '../lib/progress.ts';
import { formatCount, formatMetric, formatSeconds, METRIC_LABELS } from '../reports/numbers.ts';
import { readTrials, type TrialResult, trialFile } from '../stages/compare/trial-files.ts';
import { isBetter, type TunedMetric } from '../stages/compare/trials.ts';
import { tune } from '../stages/compare/tune.ts';
import { type CommonOptions, integer } from './options.ts';
import { describeSearch, printTrial, printTrials, trialsJson } from './print/tune.ts';
import type { Terminal } from './terminal.ts';
import { metricOption, type SearchCommandOptions, searchOf, withSearchOptions } from './tune-options.ts';

interface TuneCommandOptions extends SearchCommandOptions {
  readonly trials: number;
  readonly metric: TunedMetric;
}

/** `cinematch tune`: searches for hyper-parameters on a training file alone. */
export function tuneCommand(terminal: Terminal): Command {
  const command = new Command('tune')
    .description('search for better hyper-parameters, validated on a part of the training file')
    .enablePositionalOptions()
    .option('--trials <n>', 'trials in all; the first has the defaults', integer(1), 20)
    .addOption(metricOption());
  return withSearchOptions(command)
    .addHelpText('after', '\nRun again after an interruption, it goes on where it was. Needs no database.')
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
      .description('make one trial of a search; together, in any order and anywhere, they make the search')
      .argument('<n>', 'number of the trial; 0 has the defaults', integer(0)),
  ).action(async (trial: number, options: SearchCommandOptions, command: Command) => {
    refuseMisplaced(command);
    const { search, folder } = await searchOf(terminal, options);
    const results = await tune(search, {
      folder,
      trials: [trial],
      onFound: (found) => {
        if (found.length > 0) terminal.note(`trial ${trial} is there already`);
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
          `${folder} holds no trials.`,
          'Make some: cinematch tune --train FILE --out DIR.',
        );
      }
      if (options.json === true) terminal.printJson(trialsJson(results, options.metric, folder));
      else printTrials(terminal, results, options.metric);
    });
}

interface TableOptions extends CommonOptions {
  readonly out: string;
  readonly metric: TunedMetric;
}

/** An option between `tune` and the command behind it would be taken for one of `tune` and have no effect. */
function refuseMisplaced(command: Command): void {
  const { parent } = command;
  const misplaced = parent?.options.find(
    (option) => parent.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (misplaced === undefined) return;
  throw new OperatorError(
    'usage',
    `${misplaced.long} stands before ${command.name()}, where it has no effect.`,
    `Put it behind: cinematch tune ${command.name()} … ${misplaced.long} ….`,
  );
}

/** Says after every trial how it did, which is the best so far, and how long the rest will take. */
function progressNotes(terminal: Terminal, metric: TunedMetric, wanted: number) {
  let best: TrialResult | null = null;
  let [done, made, seconds] = [0, 0, 0];
  const take = (result: TrialResult): void => {
    done++;
    if (best === null || isBetter(metric, result.metrics[metric], best.metrics[metric])) best = result;
  };
  return {
    onFound: (found: readonly TrialResult[]): void => {
      for (const result of found) take(result);
      if (found.length > 0) terminal.note(`${found.length} of ${wanted} trials are there already`);
    },
    onTrial: (result: TrialResult): void => {
      take(result);
      made++;
      seconds += result.seconds.fit + result.seconds.evaluate;
      const parts = [
        `${formatCount(done)} of ${formatCount(wanted)}`,
        `trial ${result.trial}`,
        result.failure === null ? figure(metric, result) : 'failed',
        formatSeconds(result.seconds.fit + result.seconds.evaluate),
      ];
      if (best !== null) parts.push(`best so far ${figure(metric, best)} (trial ${best.trial})`);
      if (done < wanted) parts.push(`about ${formatSeconds((seconds / made) * (wanted - done))} left`);
      terminal.note(parts.join('  '));
    },
    progressOf:
      (trial: number): OnProgress =>
      (progress) =>
        terminal.onProgress({ ...progress, stage: `trial ${trial}: ${progress.stage}` }),
  };
}

const figure = (metric: TunedMetric, { metrics }: TrialResult): string =>
  `${METRIC_LABELS[metric]} ${formatMetric(metric, metrics[metric])}`;
