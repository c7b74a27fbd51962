import { execFile } from 'node:child_process';
import { join } from 'node:path';

export const START = join(import.meta.dirname, '..', '..', 'pipeline', 'cli', 'start.mjs');

export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the CLI as a process of its own, with its state in `home`. */
export function runCli(home: string, ...args: readonly string[]): Promise<CliRun> {
  const { DATABASE_URL: _, ...environment } = process.env;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', START, ...args],
      { env: { ...environment, CINEMATCH_HOME: home, NO_COLOR: '1' }, maxBuffer: 1 << 26 },
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
