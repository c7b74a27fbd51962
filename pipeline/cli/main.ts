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
import { recommendCommand } from './recommend.ts';
import { serveCommand } from './serve.ts';
import { statusCommand } from './status.ts';
import { EXIT } from './terminal/exit.ts';
import type { CommonOptions } from './terminal/options.ts';
import { openTerminal } from './terminal/terminal.ts';
import { trainCommand } from './train.ts';
import { tuneCommand } from './tune.ts';

const terminal = openTerminal(process.stdout, process.stderr);

// A reader that has seen enough (`cinematch … | head`) closes the pipe; that is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  throw error;
});

const program = new Command('cinematch')
  .description(packageJson.description)
  .version(packageJson.version)
  // So that a command and a command of its own may have options of one name.
  .enablePositionalOptions()
  .addHelpText(
    'after',
    `
Everything local lives under .cinematch in the working directory, or where CINEMATCH_HOME points.
With DATABASE_URL the ratings live in that Postgres; without it an embedded one is used.
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

// Also for commands that need no setting: a mistake is found today, and not by the first training in some weeks.
program.hook('preAction', async (_, command) => {
  await loadConfig(command.opts<CommonOptions>().config);
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Says what went wrong and returns the exit code. A bug keeps its stack. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof OperatorError) {
    terminal.note(`${terminal.style('red', 'error')} ${error.message}\n  ${error.remedy} [${error.code}]`);
    return error.code === 'usage' ? EXIT.usage : EXIT.failed;
  }
  terminal.note(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return EXIT.failed;
}
