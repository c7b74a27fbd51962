import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { writeFiles } from '../../pipeline/model/package-folder.ts';
import type { ServingFiles } from '../../pipeline/serving/serving-files.ts';

export interface FunctionProcess {
  readonly url: string;
  /** What it has logged since it began to load. */
  // biome-ignore lint/suspicious/noExplicitAny: lines have what they have.
  log(): readonly any[];
  readonly process: ChildProcess;
}

/** A folder with a bundle in it, removed after the test. */
export async function functionFolder(serving: ServingFiles): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cinematch-function-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFiles(join(folder, 'serving'), serving);
  return folder;
}

/** Starts `api/index.ts` as a process of its own in a folder. The process ends with the test. */
export async function startFunction(
  folder: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<FunctionProcess> {
  const { functions, close } = await startFunctions([folder], environment);
  onTestFinished(close);
  return functions[0] as FunctionProcess;
}

/** Loads `api/index.ts` once for each folder, all in one process. */
export async function startFunctions(
  folders: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly functions: readonly FunctionProcess[]; readonly close: () => Promise<void> }> {
  const { DATABASE_URL: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [join(import.meta.dirname, 'run-function.ts'), ...folders], {
    env: { ...inherited, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const close = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  const lines: { readonly folder?: string }[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(JSON.parse(line)));
  const errors: string[] = [];
  const urls = await new Promise<readonly string[]>((resolve, reject) => {
    createInterface(child.stderr).on('line', (line) => {
      errors.push(line);
      const found = errors.filter((each) => each.startsWith('http:'));
      if (found.length === folders.length) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`The function ended with ${code}: ${errors.join('\n')}`)));
  });
  const functions = folders.map((folder, at) => ({
    url: urls[at] as string,
    log: () => lines.slice(1 + lines.findIndex((line) => line.folder === folder)),
    process: child,
  }));
  return { functions, close };
}
