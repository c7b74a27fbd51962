import type { Command } from 'commander';
import type { Config } from '../config.ts';
import { OperatorError } from '../lib/errors.ts';
import { prepareDataset } from '../source/prepare.ts';
import { calibrate } from '../stages/calibrate/calibrate.ts';
import {
  FEWEST_BATCHES,
  preparedHistory,
  type RatingsHistory,
  storedHistory,
} from '../stages/calibrate/history.ts';
import { proposalDiff, proposeSettings } from '../stages/calibrate/propose.ts';
import { loadConfig } from '../stages/load-config.ts';
import { printCalibration } from './print/calibrate.ts';
import { clock, withEnvironmentPipeline } from './terminal/open-pipeline.ts';
import {
  type CommonOptions,
  type FileReadingOptions,
  integer,
  numberBetween,
  subcommand,
  withReading,
  withReadingOptions,
} from './terminal/options.ts';
import { readRatingsFile } from './terminal/read-ratings-file.ts';
import type { Terminal } from './terminal/terminal.ts';

interface CalibrateOptions extends CommonOptions, FileReadingOptions {
  readonly data?: string;
  readonly weeks?: number;
  readonly initialShare?: number;
}

/** `cinematch drift calibrate`: replays the past under several settings and proposes settings. */
export function calibrateCommand(terminal: Terminal): Command {
  return withReadingOptions(
    subcommand(
      'calibrate',
      'replay the stored batches, or files, under several settings, and propose settings',
    ),
  )
    .option('--data <path>', 'a file or folder of ratings instead of the stored ones; needs no database')
    .option(
      '--weeks <n>',
      `number of batches of --data, at least ${FEWEST_BATCHES} (default: 8)`,
      integer(FEWEST_BATCHES),
    )
    .option(
      '--initial-share <share>',
      'share of the ratings of --data before the first batch (default: 0.6)',
      numberBetween(0.1, 0.95),
    )
    .addHelpText('after', '\nReads only: nothing is stored, no issue is written, no training is requested.')
    .action(async (options: CalibrateOptions, command: Command) => {
      refuseMisplaced(command);
      const config = withReading(await loadConfig(options.config), options);
      const history = await historyOf(terminal, options, config);
      const found = await calibrate(history, config, terminal.onProgress);
      const proposed = proposeSettings(found);
      if (options.json === true) {
        terminal.printJson({ ...found, proposed, diff: proposalDiff(proposed) });
      } else {
        printCalibration(terminal, found, proposed);
      }
    });
}

async function historyOf(
  terminal: Terminal,
  { data, weeks, initialShare, config: configFile }: CalibrateOptions,
  config: Config,
): Promise<RatingsHistory> {
  if (data === undefined) {
    if (weeks !== undefined || initialShare !== undefined) {
      throw new OperatorError(
        'usage',
        `${weeks === undefined ? '--initial-share' : '--weeks'} was given without --data. The stored batches are replayed as they arrived.`,
        'Leave it out, or name ratings to split: --data PATH.',
      );
    }
    return withEnvironmentPipeline(terminal, configFile, 'read', ({ store }) =>
      storedHistory(store, config.gate.holdoutShare),
    );
  }
  const { ratings, movies } = await readRatingsFile(terminal, data, config);
  const prepared = prepareDataset(ratings, { weeks: weeks ?? 8, initialShare: initialShare ?? 0.6 });
  return preparedHistory(prepared, movies, clock());
}

/** Refuses an option before the subcommand: it would be an option of `drift` and have no effect. */
function refuseMisplaced(command: Command): void {
  const { parent } = command;
  const misplaced = parent?.options.find(
    (option) => parent.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (misplaced === undefined) return;
  throw new OperatorError(
    'usage',
    `${misplaced.long} is before calibrate, where it has no effect.`,
    `Put it after the subcommand, or leave it out: cinematch drift calibrate --help.`,
  );
}
