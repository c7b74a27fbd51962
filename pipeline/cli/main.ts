import { Command, CommanderError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { A_BUG, OperatorError, stackOf } from '../lib/errors.ts';
import { fileFailure } from '../lib/file-failure.ts';
import { loadConfig } from '../stages/load-config.ts';
import { EXIT } from './terminal/exit.ts';
import type { CommonOptions } from './terminal/options.ts';
import { openTerminal } from './terminal/terminal.ts';

/** The commands, in the order of the help. */
const COMMANDS = {
  demo: async () => (await import('./demo.ts')).demoCommand,
  data: async () => (await import('./data.ts')).dataCommand,
  migrate: async () => (await import('./migrate.ts')).migrateCommand,
  bootstrap: async () => (await import('./bootstrap.ts')).bootstrapCommand,
  ingest: async () => (await import('./ingest.ts')).ingestCommand,
  batches: async () => (await import('./batches.ts')).batchesCommand,
  drift: async () => (await import('./drift.ts')).driftCommand,
  quarantine: async () => (await import('./quarantine.ts')).quarantineCommand,
  train: async () => (await import('./train.ts')).trainCommand,
  evaluate: async () => (await import('./evaluate.ts')).evaluateCommand,
  tune: async () => (await import('./tune.ts')).tuneCommand,
  'model-check': async () => (await import('./model-check.ts')).modelCheckCommand,
  models: async () => (await import('./models.ts')).modelsCommand,
  deploy: async () => (await import('./deploy.ts')).deployCommand,
  predict: async () => (await import('./predict.ts')).predictCommand,
  recommend: async () => (await import('./recommend.ts')).recommendCommand,
  users: async () => (await import('./users.ts')).usersCommand,
  keys: async () => (await import('./keys.ts')).keysCommand,
  serve: async () => (await import('./serve.ts')).serveCommand,
  status: async () => (await import('./status.ts')).statusCommand,
} as const;

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

// Only the command that was named is loaded, which is most of the time of a short one. The help lists all of them.
const [named = ''] = process.argv.slice(2);
const loaders = Object.hasOwn(COMMANDS, named)
  ? [COMMANDS[named as keyof typeof COMMANDS]]
  : Object.values(COMMANDS);
for (const load of loaders) program.addCommand((await load())(terminal));

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
function report(thrown: unknown): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.done : EXIT.usage;
  const error = fileFailure(thrown) ?? thrown;
  if (error instanceof OperatorError) {
    terminal.note(`${terminal.style('red', 'error')} ${error.message}\n  ${error.remedy} [${error.code}]`);
    return error.code === 'usage' ? EXIT.usage : EXIT.failed;
  }
  terminal.note(stackOf(error));
  terminal.note(`${terminal.style('red', 'error')} ${A_BUG} [internal]`);
  return EXIT.failed;
}
