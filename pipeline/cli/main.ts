import { Command, CommanderError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { OperatorError } from '../lib/errors.ts';
import { loadConfig } from '../stages/load-config.ts';
import { batchesCommand } from './batches.ts';
import { bootstrapCommand } from './bootstrap.ts';
import { dataCommand } from './data.ts';
import { demoCommand } from './demo.ts';
import { deployCommand } from './deploy.ts';
import { driftCommand } from './drift.ts';
import { evaluateCommand } from './evaluate.ts';
import { ingestCommand } from './ingest.ts';
import { keysCommand } from './keys.ts';
import { migrateCommand } from './migrate.ts';
import { modelCheckCommand } from './model-check.ts';
import { modelsCommand } from './models.ts';
import { predictCommand } from './predict.ts';
import { quarantineCommand } from './quarantine.ts';
import { recommendCommand } from './recommend.ts';
import { serveCommand } from './serve.ts';
import { statusCommand } from './status.ts';
import { EXIT } from './terminal/exit.ts';
import type { CommonOptions } from './terminal/options.ts';
import { openTerminal } from './terminal/terminal.ts';
import { trainCommand } from './train.ts';
import { tuneCommand } from './tune.ts';

const terminal = openTerminal(process.stdout, process.stderr);

// A reader may close the pipe early (`cinematch … | head`). That is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  throw error;
});

const program = new Command('cinematch')
  .description(packageJson.description)
  .version(packageJson.version)
  // So that a command and its subcommand may have options with the same name.
  .enablePositionalOptions()
  .addHelpText(
    'after',
    `
Local state is in .cinematch in the working directory, or in the folder CINEMATCH_HOME.
The database is the Postgres of DATABASE_URL, or an embedded one in that folder.
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the check found something (drift found, gate refused).`,
  );

for (const command of [
  demoCommand(terminal),
  dataCommand(terminal),
  migrateCommand(terminal),
  bootstrapCommand(terminal),
  ingestCommand(terminal),
  batchesCommand(terminal),
  driftCommand(terminal),
  quarantineCommand(terminal),
  trainCommand(terminal),
  evaluateCommand(terminal),
  tuneCommand(terminal),
  modelCheckCommand(terminal),
  modelsCommand(terminal),
  deployCommand(terminal),
  predictCommand(terminal),
  recommendCommand(terminal),
  keysCommand(terminal),
  serveCommand(terminal),
  statusCommand(terminal),
]) {
  program.addCommand(command);
}

function exitOnUsageError(command: Command): void {
  command.exitOverride().showHelpAfterError('(see --help)');
  for (const child of command.commands) exitOnUsageError(child);
}
exitOnUsageError(program);

// Also for commands that need no setting: a mistake is found now, and not by the first training weeks later.
program.hook('preAction', async (_, command) => {
  await loadConfig(command.opts<CommonOptions>().config);
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Prints what went wrong and returns the exit code. A bug keeps its stack. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof OperatorError) {
    terminal.note(`${terminal.style('red', 'error')} ${error.message}\n  ${error.remedy} [${error.code}]`);
    return error.code === 'usage' ? EXIT.usage : EXIT.failed;
  }
  terminal.note(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return EXIT.failed;
}
