import { sha256 } from '../lib/digest.ts';
import { OperatorError } from '../lib/errors.ts';
import { decodeModel } from './artifact.ts';
import { goldenProblem } from './golden.ts';
import { type Manifest, manifestSchema } from './manifest.ts';
import type { Model } from './model.ts';

/** The file that lists all others. */
export const MANIFEST_FILE = 'manifest.json';
export const MODEL_FILE = 'model.safetensors';
/**
 * A signed statement of where the model file was made. It is made after the manifest, so no manifest lists it, and
 * opening a package ignores it.
 */
export const ATTESTATION_FILE = 'attestation.sigstore.json';

/** All files of a released model, the manifest included. */
export interface ModelPackage {
  readonly manifest: Manifest;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Completes a manifest with the size and digest of every file, and adds it to them.
 *
 * @param draft the manifest without its list of files.
 * @param contents the files by name, with `model.safetensors`.
 */
export function packModel(
  draft: Omit<Manifest, 'files'>,
  contents: Readonly<Record<string, Uint8Array>>,
): ModelPackage {
  const manifest: Manifest = { ...draft, files: listFiles(contents) };
  return { manifest, files: withJson(contents, MANIFEST_FILE, manifest) };
}

/** The size and SHA-256 of each file. */
export function listFiles(contents: Readonly<Record<string, Uint8Array>>): Manifest['files'] {
  return Object.fromEntries(
    Object.entries(contents).map(([name, bytes]) => [name, { bytes: bytes.length, sha256: sha256(bytes) }]),
  );
}

/** The files and one more, with a value as JSON. */
export function withJson(
  contents: Readonly<Record<string, Uint8Array>>,
  name: string,
  value: object,
): ModelPackage['files'] {
  const text = new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
  return new Map([...Object.entries(contents), [name, text]]);
}

/** The first difference between files and the list in `listFile`, or null. `listFile` itself is not listed. */
export function fileProblem(
  files: ModelPackage['files'],
  listFile: string,
  listed: Manifest['files'],
): string | null {
  const extra = [...files.keys()].find((file) => file !== listFile && !Object.hasOwn(listed, file));
  if (extra !== undefined) return `${extra} is not listed in its ${listFile}`;
  for (const [file, expected] of Object.entries(listed)) {
    const bytes = files.get(file);
    if (bytes === undefined) return `${file} is missing`;
    if (bytes.length !== expected.bytes) {
      return `${file} has ${bytes.length} bytes, its ${listFile} says ${expected.bytes}`;
    }
    const digest = sha256(bytes);
    if (digest !== expected.sha256) {
      return `${file} has SHA-256 ${digest}, its ${listFile} says ${expected.sha256}`;
    }
  }
  return null;
}

/**
 * Opens a package. The manifest and the name, size and digest of every file are verified before the model is decoded,
 * and then its golden predictions. A manifest that was changed with its files is found by who knows its digest, or the
 * manifest that was recorded. The error names a file that is missing, not listed or different.
 *
 * @param name what the package is, for the error: `model-v3`.
 * @throws OperatorError `model-invalid`.
 */
export function openPackage(
  files: ReadonlyMap<string, Uint8Array>,
  name: string,
): { readonly manifest: Manifest; readonly model: Model } {
  const manifest = readManifest(files.get(MANIFEST_FILE), name);
  const problem = fileProblem(files, MANIFEST_FILE, manifest.files);
  if (problem !== null) return refuse(name, problem);
  const bytes = files.get(MODEL_FILE);
  if (bytes === undefined) return refuse(name, `${MODEL_FILE} is missing`);
  const model = decodeModel(bytes, `${MODEL_FILE} of ${name}`);
  if (model.algorithm !== manifest.algorithm) {
    refuse(
      name,
      `${MODEL_FILE} was made by ${model.algorithm}, its ${MANIFEST_FILE} says ${manifest.algorithm}`,
    );
  }
  const changed = goldenProblem(manifest.golden ?? [], model);
  if (changed !== null)
    refuse(name, `${MODEL_FILE} does not give the predictions in its ${MANIFEST_FILE}: ${changed}`);
  return { manifest, model };
}

/** @throws OperatorError `model-invalid` when the manifest is missing or invalid. */
export function readManifest(bytes: Uint8Array | undefined, name: string): Manifest {
  if (bytes === undefined) return refuse(name, `${MANIFEST_FILE} is missing`);
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    return refuse(name, `${MANIFEST_FILE} is not JSON`, cause);
  }
  const result = manifestSchema.safeParse(content);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    (issue) => `${issue.path.join('.') || '(root)'}: ${issue.message}`,
  );
  return refuse(name, `${MANIFEST_FILE} is invalid: ${problems.join('; ')}`);
}

function refuse(name: string, problem: string, cause?: unknown): never {
  throw new OperatorError(
    'model-invalid',
    `${name} cannot be trusted: ${problem}.`,
    'Download it again from its release, or roll back to another model: cinematch models rollback.',
    { cause },
  );
}
