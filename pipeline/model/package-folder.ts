import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '../lib/errors.ts';
import { replaceFolder } from '../lib/replace-folder.ts';
import type { Manifest } from './manifest.ts';
import type { Model } from './model.ts';
import { ATTESTATION_FILE, type ModelPackage, openPackage } from './package.ts';

/** A package whose every file was verified, with the model it holds. */
export interface OpenedPackage extends ModelPackage {
  readonly manifest: Manifest;
  readonly model: Model;
}

/** Writes a package's files into a folder of their own, which appears whole or not at all. */
export async function writePackage(folder: string, { files }: Pick<ModelPackage, 'files'>): Promise<void> {
  await replaceFolder(folder, async (unfinished) => {
    for (const [name, bytes] of files) await writeFile(join(unfinished, name), bytes);
  });
}

/**
 * Reads a folder back and verifies it as `openPackage` does. An attestation beside the files is no part of
 * the package: it speaks about the model file and is checked by whoever trusts its signer.
 *
 * @throws OperatorError `model-unknown` when there is no such folder, `model-invalid` when its files are not
 * what the manifest says.
 */
export async function readPackage(folder: string): Promise<OpenedPackage> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new OperatorError(
      'model-unknown',
      `There is no folder of a model at ${folder}.`,
      'Name the folder that holds manifest.json and model.safetensors.',
      { cause },
    );
  });
  const files = new Map<string, Uint8Array>();
  for (const name of names.sort()) {
    if (name !== ATTESTATION_FILE) files.set(name, await readFile(join(folder, name)));
  }
  return { ...openPackage(files, folder), files };
}
