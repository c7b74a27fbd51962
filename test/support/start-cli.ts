import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { START } from './cli.ts';

/** A command that runs until it is stopped. */
export interface RunningCli {
  /** Waits for its next line on standard output. */
  line(): Promise<string>;
  /** Its standard error so far. */
  notes(): string;
  /** Stops it as Ctrl+C does. Returns its exit code, or the signal that ended it. */
  interrupt(): Promise<number | string>;
}

/** Starts the CLI in a new process, with its state in `home`. It is stopped when the test ends. */
export function startCli(home: string, ...args: readonly string[]): RunningCli {
  const { DATABASE_URL: _, ...environment } = process.env;
  const child: ChildProcess = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', START, ...args],
    { env: { ...environment, CINEMATCH_HOME: home, NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const end = async (signal: NodeJS.Signals): Promise<number | string> => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    }
    return child.exitCode ?? (child.signalCode as string);
  };
  onTestFinished(async () => void (await end('SIGKILL')));
  let notes = '';
  child.stderr?.on('data', (bytes) => {
    notes += bytes;
  });
  const lines = createInterface(child.stdout as NodeJS.ReadableStream)[Symbol.asyncIterator]();
  return {
    line: async () => {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`it ended: ${notes}`);
      return value;
    },
    notes: () => notes,
    interrupt: () => end('SIGINT'),
  };
}
