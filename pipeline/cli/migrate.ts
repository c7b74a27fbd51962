import { Command } from 'commander';
import { migrate } from '../store/migrate.ts';
import { withEnvironmentPipeline } from './terminal/open-pipeline.ts';
import type { CommonOptions } from './terminal/options.ts';
import type { Terminal } from './terminal/terminal.ts';

/** `cinematch migrate`: brings the database schema up to date, as every command that changes something does first. */
export function migrateCommand(terminal: Terminal): Command {
  return new Command('migrate')
    .description('bring the database schema up to date; several processes may run it at the same time')
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON')
    .action(async (options: CommonOptions) => {
      await withEnvironmentPipeline(terminal, options.config, 'write', async ({ store }) => {
        const { version, applied } = await migrate(store);
        if (options.json === true) terminal.printJson({ store: store.description, version, applied });
        else terminal.print(`${store.description} is at schema version ${version}`);
      });
    });
}
