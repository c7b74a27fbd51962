import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '../lib/errors.ts';
import { replaceFolder } from '../lib/replace-folder.ts';
import { openServing, type Serving } from './open-serving.ts';
import type { ServingFiles } from './serving-files.ts';

/** Writes a bundle into a folder of its own. The folder appears with all files or not at all. */
export async function writeServing(folder: string, { files }: Pick<ServingFiles, 'files'>): Promise<void> {
  await replaceFolder(folder, async (unfinished) => {
    for (const [name, bytes] of files) await writeFile(join(unfinished, name), bytes);
  });
}

/**
 * Reads a folder and verifies it as `openServing` does.
 *
 * @throws OperatorError `model-unknown` when there is no folder, `model-invalid` when the bundle is damaged.
 */
export async function readServing(folder: string): Promise<Serving & ServingFiles> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new OperatorError(
      'model-unknown',
      `There is no bundle to serve at ${folder}.`,
      'Make a bundle: cinematch deploy. To serve on this machine: npm run serve.',
      { cause },
    );
  });
  const files = new Map<string, Uint8Array>();
  for (const name of names.sort()) files.set(name, await readFile(join(folder, name)));
  return { ...openServing(files, folder), files };
}
