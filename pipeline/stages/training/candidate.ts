import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { BaselineEvaluation, Evaluation, GateDecision } from '../../evaluate/evaluation.ts';
import { sha256 } from '../../lib/digest.ts';
import { tagOf } from '../../lib/model-tag.ts';
import { replaceFolder } from '../../lib/replace-folder.ts';
import type { Manifest } from '../../model/manifest.ts';
import type { ModelPackage } from '../../model/package.ts';
import { readPackage, writeFiles } from '../../model/package-folder.ts';
import { judgementSchema } from './judgement.ts';
import { parseArtifactFile, readArtifactFile, unusable } from './stage-artifact.ts';

/** A trained and evaluated model that is not released yet. */
export interface Candidate {
  readonly manifest: Manifest;
  readonly evaluation: Evaluation;
  /** On the same holdout; empty in candidates of earlier releases. */
  readonly baselines: readonly BaselineEvaluation[];
  /** Null for the first model, which has no champion to beat. */
  readonly gate: GateDecision | null;
  readonly package: ModelPackage;
  /** What drift checks compare with once it serves, as the store keeps it. */
  readonly reference: Uint8Array;
  /** The drift issue that requested it, if known. */
  readonly issue?: number | null;
}

/** The file of a package with the metrics. */
export const METRICS_FILE = 'metrics.json';
/** The folder of a candidate with the package that will be released. */
export const PACKAGE_FOLDER = 'package';
const REFERENCE_FILE = 'reference.bin';
const FILE = 'candidate.json';

const schema = z.strictObject({
  schema: z.literal(1),
  issue: z.int().positive().nullable(),
  /** Of the reference; the package has digests of its own. */
  referenceSha256: z.string(),
});

/**
 * Writes a candidate as a folder that appears whole or not at all: `package/`, `reference.bin` and
 * `candidate.json`. Publishing continues from it in another process or job, or after an interruption.
 */
export async function writeCandidate(folder: string, candidate: Candidate): Promise<void> {
  const { reference, issue = null } = candidate;
  await replaceFolder(folder, async (unfinished) => {
    await writeFiles(join(unfinished, PACKAGE_FOLDER), candidate.package);
    await writeFile(join(unfinished, REFERENCE_FILE), reference);
    const content = { schema: 1, issue, referenceSha256: sha256(reference) };
    await writeFile(join(unfinished, FILE), `${JSON.stringify(content, null, 2)}\n`);
  });
}

/**
 * Reads a candidate back, every file verified.
 *
 * @throws OperatorError `model-unknown` when there is none, `model-invalid` when the files of its package are
 * not what the manifest says, `artifact-invalid` when another file is damaged.
 */
export async function readCandidate(folder: string): Promise<Candidate> {
  const packageFolder = join(folder, PACKAGE_FOLDER);
  const { manifest, files } = await readPackage(packageFolder);
  const metricsFile = join(packageFolder, METRICS_FILE);
  const metrics = files.get(METRICS_FILE);
  if (metrics === undefined) throw unusable(metricsFile, 'it is missing');
  const { evaluation, baselines, gate } = parseArtifactFile(metrics, metricsFile, judgementSchema);
  const { issue, referenceSha256 } = await readArtifactFile(join(folder, FILE), schema);
  const referenceFile = join(folder, REFERENCE_FILE);
  const reference = await readFile(referenceFile).catch((cause: unknown) => {
    throw unusable(referenceFile, 'it cannot be read', cause);
  });
  const found = sha256(reference);
  if (found !== referenceSha256) {
    throw unusable(referenceFile, `it has SHA-256 ${found}, ${FILE} says ${referenceSha256}`);
  }
  return { manifest, evaluation, baselines, gate, package: { manifest, files }, reference, issue };
}

/** Keeps a candidate on this machine, `model-v3` in the folder for models that are not released. */
export function saveCandidate(modelDirectory: string, candidate: Candidate): Promise<void> {
  return writeCandidate(join(modelDirectory, tagOf(candidate.manifest.version)), candidate);
}

/**
 * The candidate that `saveCandidate` kept.
 *
 * @throws OperatorError as `readCandidate`.
 */
export function readSavedCandidate(modelDirectory: string, version: number): Promise<Candidate> {
  return readCandidate(join(modelDirectory, tagOf(version)));
}
