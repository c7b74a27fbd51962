import { sha256 } from '../lib/digest.ts';
import { OperatorError } from '../lib/errors.ts';
import { decodeModel } from './artifact.ts';
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
  const entries = Object.entries(contents).map(
    ([name, bytes]) => [name, { bytes: bytes.length, sha256: sha256(bytes) }] as const,
  );
  const manifest: Manifest = { ...draft, files: Object.fromEntries(entries) };
  const text = new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`);
  return { manifest, files: new Map([...Object.entries(contents), [MANIFEST_FILE, text]]) };
}

/**
 * Opens a package. The manifest and the name, size and digest of every file are verified before the model is decoded.
 * The error names a file that is missing, not listed or different.
 *
 * @param name what the package is, for the error: `model-v3`.
 * @throws OperatorError `model-invalid`.
 */
export function openPackage(
  files: ReadonlyMap<string, Uint8Array>,
  name: string,
): { readonly manifest: Manifest; readonly model: Model } {
  const manifest = readManifest(files.get(MANIFEST_FILE), name);
  const listed = Object.entries(manifest.files);
  for (const file of files.keys()) {
    if (file !== MANIFEST_FILE && !Object.hasOwn(manifest.files, file)) {
      refuse(name, `${file} is not listed in its ${MANIFEST_FILE}`);
    }
  }
  for (const [file, expected] of listed) {
    const bytes = files.get(file);
    if (bytes === undefined) return refuse(name, `${file} is missing`);
    if (bytes.length !== expected.bytes) {
      refuse(name, `${file} has ${bytes.length} bytes, its ${MANIFEST_FILE} says ${expected.bytes}`);
    }
    const digest = sha256(bytes);
    if (digest !== expected.sha256) {
      refuse(name, `${file} has SHA-256 ${digest}, its ${MANIFEST_FILE} says ${expected.sha256}`);
    }
  }
  const bytes = files.get(MODEL_FILE);
  if (bytes === undefined) return refuse(name, `${MODEL_FILE} is missing`);
  const model = decodeModel(bytes, `${MODEL_FILE} of ${name}`);
  if (model.algorithm !== manifest.algorithm) {
    refuse(
      name,
      `${MODEL_FILE} was made by ${model.algorithm}, its ${MANIFEST_FILE} says ${manifest.algorithm}`,
    );
  }
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
