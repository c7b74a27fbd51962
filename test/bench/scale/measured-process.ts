import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const REPORT = pathToFileURL(join(import.meta.dirname, 'report-usage.mjs')).href;
/** The command line of CineMatch. */
export const CINEMATCH = join(import.meta.dirname, '../../../pipeline/cli/start.mjs');

/** Where processes keep their state. */
export interface Place {
  /** Folder of CINEMATCH_HOME. */
  readonly home: string;
  /** Null for the embedded database. */
  readonly databaseUrl: string | null;
  /** A folder for the files of the bench. */
  readonly folder: string;
}

/** What a process took, and what it printed. */
export interface Measured {
  readonly seconds: number;
  /** Of all threads. */
  readonly cpuSeconds: number;
  /** Largest resident set, bytes. */
  readonly peakBytes: number;
  readonly stdout: string;
}

export interface RunningProcess {
  readonly child: ChildProcess;
  /** What it took, after its end. @throws Error with the end of its output, when the exit code is not expected. */
  readonly ended: Promise<Measured>;
}

/** Starts a script of Node as a process that reports what it took. @param expected accepted exit codes */
export function startProcess(
  { home, databaseUrl, folder }: Place,
  script: string,
  args: readonly string[],
  expected: readonly number[] = [0],
): RunningProcess {
  const { DATABASE_URL: _, ...environment } = process.env;
  const usageFile = join(folder, `usage-${Math.round(performance.now())}.json`);
  const started = performance.now();
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--import', REPORT, script, ...args],
    {
      env: {
        ...environment,
        CINEMATCH_HOME: home,
        USAGE_FILE: usageFile,
        ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const ended = new Promise<Measured>((resolve, reject) => {
    child.once('close', (code) => {
      const seconds = (performance.now() - started) / 1000;
      if (!expected.includes(code ?? -1)) {
        reject(new Error(`${args.join(' ')} ended with ${code}: ${(stderr() + stdout()).slice(-2_000)}`));
        return;
      }
      const usage = JSON.parse(readFileSync(usageFile, 'utf8')) as Pick<Measured, 'cpuSeconds' | 'peakBytes'>;
      rmSync(usageFile);
      resolve({ seconds, stdout: stdout(), ...usage });
    });
  });
  return { child, ended };
}

function collect(stream: ChildProcess['stdout']): () => string {
  const chunks: string[] = [];
  stream?.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  return () => chunks.join('');
}
