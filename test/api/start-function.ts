import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import type { ServingFiles } from '../../pipeline/serving/serving-files.ts';
import { writeServing } from '../../pipeline/serving/serving-folder.ts';

export interface FunctionProcess {
  readonly url: string;
  /** What it has logged so far. */
  // biome-ignore lint/suspicious/noExplicitAny: lines have what they have.
  log(): readonly any[];
  readonly process: ChildProcess;
}

/** A folder for the length of a test, with a bundle in it. */
export async function functionFolder(serving: ServingFiles): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cinematch-function-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeServing(join(folder, 'serving'), serving);
  return folder;
}

/** Starts `api/index.ts` as a process of its own in a folder. It is ended with the test. */
export async function startFunction(
  folder: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<FunctionProcess> {
  const { DATABASE_URL: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [join(import.meta.dirname, 'run-function.ts')], {
    cwd: folder,
    env: { ...inherited, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  const lines: unknown[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(JSON.parse(line)));
  const errors: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stderr).on('line', (line) => {
      errors.push(line);
      if (line.startsWith('http:')) resolve(line);
    });
    child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${errors.join('\n')}`)));
  });
  return { url, log: () => lines, process: child };
}
