import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const CLI = join(import.meta.dirname, '..', '..', 'pipeline', 'cli');
export const START = join(CLI, 'start.mjs');
export const MAIN = join(CLI, 'main.ts');

export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the CLI in a new process, with a home folder or with the environment of a pipeline. */
export function runCli(
  place: string | Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<CliRun> {
  const { DATABASE_URL: _, ...environment } = process.env;
  const own = typeof place === 'string' ? { CINEMATCH_HOME: place } : place;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', START, ...args],
      { env: { ...environment, ...own, NO_COLOR: '1' }, maxBuffer: 1 << 26 },
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

export interface CliProcess {
  /** Runs one command with its state in `home`, after the earlier commands. */
  run(home: string, ...args: readonly string[]): Promise<CliRun>;
  close(): void;
}

/** Starts one process that runs many commands: faster than one process for each. */
export function startCliProcess(): CliProcess {
  const { DATABASE_URL: _, ...environment } = process.env;
  const child: ChildProcess = fork(join(import.meta.dirname, 'cli-process.ts'), {
    env: { ...environment, NO_COLOR: '1' },
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const ended = once(child, 'exit').then(([code, signal]): never => {
    throw new Error(`The process of the CLI ended with ${code ?? signal}.`);
  });
  ended.catch(() => {});
  let turn: Promise<unknown> = Promise.resolve();
  const runOne = async (home: string, args: readonly string[]): Promise<CliRun> => {
    const answer = once(child, 'message');
    child.send({ home, args });
    const [run] = await Promise.race([answer, ended]);
    return run as CliRun;
  };
  return {
    run: (home, ...args) => {
      const run = turn.then(() => runOne(home, args));
      turn = run.catch(() => {});
      return run;
    },
    close: () => void child.kill('SIGKILL'),
  };
}
