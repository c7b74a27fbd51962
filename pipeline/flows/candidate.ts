import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '../lib/errors.ts';
import { type ModelPackage, openPackage } from '../model/package.ts';
import { tagOf } from './champion.ts';

/**
 * Puts a trained model's files into a folder of their own, `model-v3`, where publishing finds them even when
 * it happens in another process or after an interruption. The folder appears whole or not at all.
 */
export async function saveCandidate(directory: string, { manifest, files }: ModelPackage): Promise<void> {
  const folder = join(directory, tagOf(manifest.version));
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  for (const [name, bytes] of files) await writeFile(join(unfinished, name), bytes);
  await rm(folder, { recursive: true, force: true });
  await rename(unfinished, folder);
}

/**
 * Reads a trained model's files back, verified.
 *
 * @throws OperatorError `model-unknown` when there is no such folder, `model-invalid` when its files are not
 * what the manifest says.
 */
export async function readCandidate(directory: string, version: number): Promise<ModelPackage> {
  const folder = join(directory, tagOf(version));
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    throw new OperatorError(
      'model-unknown',
      `There is no trained model in ${folder}.`,
      'Train it again: cinematch train.',
      { cause },
    );
  }
  const files = new Map<string, Uint8Array>();
  for (const name of names) files.set(name, await readFile(join(folder, name)));
  return { manifest: openPackage(files, folder).manifest, files };
}
