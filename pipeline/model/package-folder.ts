import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '../lib/errors.ts';
import { replaceFolder } from '../lib/replace-folder.ts';
import type { Model } from './model.ts';
import { ATTESTATION_FILE, type ModelPackage, openPackage } from './package.ts';

/** A package with all files verified, and its model. */
export interface OpenedPackage extends ModelPackage {
  readonly model: Model;
}

/**
 * Writes a package, or a bundle to serve, into a folder of its own. The folder appears with all files or not at all.
 */
export async function writeFiles(folder: string, { files }: Pick<ModelPackage, 'files'>): Promise<void> {
  await replaceFolder(folder, async (unfinished) => {
    for (const [name, bytes] of files) await writeFile(join(unfinished, name), bytes);
  });
}

/**
 * Reads a folder and verifies it as `openPackage` does. An attestation in the folder is ignored: it is checked
 * elsewhere, by who trusts its signer.
 *
 * @throws OperatorError `model-unknown` when there is no such folder, `model-invalid` when its files are not
 * what the manifest says.
 */
export async function readPackage(folder: string): Promise<OpenedPackage> {
  const files = await readFiles(folder, {
    problem: `There is no model folder at ${folder}.`,
    remedy: 'Name the folder with manifest.json and model.safetensors.',
  });
  files.delete(ATTESTATION_FILE);
  return { ...openPackage(files, folder), files };
}

/**
 * All files of a folder, by name.
 *
 * @throws OperatorError `model-unknown` with `problem` and `remedy` when there is no such folder.
 */
export async function readFiles(
  folder: string,
  { problem, remedy }: { readonly problem: string; readonly remedy: string },
): Promise<Map<string, Uint8Array>> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new OperatorError('model-unknown', problem, remedy, { cause });
  });
  const files = new Map<string, Uint8Array>();
  for (const name of names.sort()) files.set(name, await readFile(join(folder, name)));
  return files;
}
