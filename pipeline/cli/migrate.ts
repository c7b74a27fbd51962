import { Command } from 'commander';
import { migrate } from '../store/migrate.ts';
import { withEnvironmentPipeline } from './terminal/open-pipeline.ts';
import type { CommonOptions } from './terminal/options.ts';
import type { Terminal } from './terminal/terminal.ts';

/** `cinematch migrate`: bring the schema of the store up to date. So does every other command that changes something. */
export function migrateCommand(terminal: Terminal): Command {
  return new Command('migrate')
    .description('bring the database schema up to date; safe to run at any time and from several places')
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON')
    .action(async (options: CommonOptions) => {
      await withEnvironmentPipeline(terminal, options.config, 'change', async ({ store }) => {
        const { version, applied } = await migrate(store);
        if (options.json === true) terminal.printJson({ store: store.description, version, applied });
        else terminal.print(`${store.description} is at schema version ${version}`);
      });
    });
}
