import { join } from 'node:path';
import { Command } from 'commander';
import { formatCount, formatSeconds } from '../reports/numbers.ts';
import { bootstrapData } from '../stages/ingest/bootstrap.ts';
import { firstLines } from './print/inspection.ts';
import { homeDirectory, withEnvironmentPipeline } from './terminal/open-pipeline.ts';
import {
  type CommonOptions,
  type FileReadingOptions,
  idsOption,
  withReading,
  withReadingOptions,
} from './terminal/options.ts';
import type { Terminal } from './terminal/terminal.ts';

interface BootstrapCommandOptions extends CommonOptions, FileReadingOptions {
  readonly dataset: string;
}

/** `cinematch bootstrap`: the initial load of a new pipeline. */
export function bootstrapCommand(terminal: Terminal): Command {
  return withReadingOptions(new Command('bootstrap'))
    .description('load the first ratings: the older part for training, the newer part as holdout')
    .option(
      '--dataset <name>',
      'configured (the data set of the simulation), synthetic, ml-latest-small, ml-100k, ml-1m, ml-10m, ml-20m, ml-25m, ml-32m, a path, an https URL, or -',
      'configured',
    )
    .addOption(idsOption())
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON')
    .action(async ({ dataset, config, json, ...reading }: BootstrapCommandOptions) => {
      await withEnvironmentPipeline(terminal, config, 'write', async (pipeline) => {
        const outcome = await bootstrapData(
          { ...pipeline, config: withReading(pipeline.config, reading) },
          {
            dataset,
            dataDirectory: join(homeDirectory(), 'data'),
            onFound: (found) => {
              for (const line of firstLines(found)) terminal.note(line);
            },
          },
        );
        if (json === true) {
          terminal.printJson(outcome);
          return;
        }
        if (outcome.status === 'champion-exists') {
          terminal.print(`Nothing was loaded: model v${outcome.champion} is already the champion.`);
          return;
        }
        terminal.print(outcome.dataset);
        terminal.printTable(
          ['Batch', 'Source', 'Role', 'Read', 'New', 'Rejected', 'Took'],
          outcome.ingested.map((result) => [
            String(result.batch),
            result.source,
            result.role,
            ...[result.read, result.new, result.rejected].map(formatCount),
            formatSeconds(result.seconds),
          ]),
        );
        terminal.print();
        terminal.print('Next: cinematch train');
      });
    });
}
