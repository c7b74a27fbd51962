import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

const CLI = join(import.meta.dirname, '..', '..', 'pipeline', 'cli');
export const START = join(CLI, 'start.mjs');
const MAIN = join(CLI, 'main.ts');

export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A home folder, or the environment of a pipeline. */
type CliPlace = string | Readonly<Record<string, string>>;

const environmentOf = (place: CliPlace): Readonly<Record<string, string>> =>
  typeof place === 'string' ? { CINEMATCH_HOME: place } : place;

/** Runs the CLI in a new process, with a home folder or with the environment of a pipeline. */
export function runCli(place: CliPlace, ...args: readonly string[]): Promise<CliRun> {
  const { DATABASE_URL: _, ...environment } = process.env;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', START, ...args],
      { env: { ...environment, ...environmentOf(place), NO_COLOR: '1' }, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        resolve({
          code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1,
          stdout,
          stderr,
        });
      },
    );
  });
}

interface CliProcess {
  /** Runs one command, after the earlier commands. */
  run(place: CliPlace, ...args: readonly string[]): Promise<CliRun>;
  close(): void;
}

/** Starts one process that runs many commands: faster than one process for each. */
function startCliProcess(): CliProcess {
  const { DATABASE_URL: _, ...environment } = process.env;
  const child: ChildProcess = fork(join(import.meta.dirname, 'cli-process.ts'), [MAIN, START], {
    env: { ...environment, NO_COLOR: '1' },
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const ended = once(child, 'exit').then(([code, signal]): never => {
    throw new Error(`The process of the CLI ended with ${code ?? signal}.`);
  });
  ended.catch(() => {});
  let turn: Promise<unknown> = Promise.resolve();
  const runOne = async (place: CliPlace, args: readonly string[]): Promise<CliRun> => {
    const answer = once(child, 'message');
    child.send({ environment: environmentOf(place), args });
    const [run] = await Promise.race([answer, ended]);
    return run as CliRun;
  };
  return {
    run: (place, ...args) => {
      const run = turn.then(() => runOne(place, args));
      turn = run.catch(() => {});
      return run;
    },
    close: () => void child.kill('SIGKILL'),
  };
}

/** One process for the commands of a test file. It is stopped after the last test. */
export function sharedCli(): CliProcess['run'] {
  let cli: CliProcess;
  beforeAll(() => {
    cli = startCliProcess();
  });
  afterAll(() => cli.close());
  return (place, ...args) => cli.run(place, ...args);
}
