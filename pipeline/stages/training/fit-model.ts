import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Config } from '../../config.ts';
import { sha256 } from '../../lib/digest.ts';
import type { OnProgress } from '../../lib/progress.ts';
import { replaceFolder } from '../../lib/replace-folder.ts';
import type { Stopwatch } from '../../lib/stopwatch.ts';
import { decodeModel, encodeModel } from '../../model/artifact.ts';
import type { TrainedModel } from '../../model/compose-model.ts';
import { MODEL_FILE } from '../../model/package.ts';
import { snapshotDigest } from '../../ratings/snapshot.ts';
import { algorithmNamed } from '../../train/algorithms.ts';
import { defaultsOf } from '../../train/hyper-parameters.ts';
import type { TrainingSet } from './export-training.ts';
import { readArtifactFile, unusable } from './stage-artifact.ts';

/** A fitted model that is not judged yet, with the settings that reproduce it. */
export interface FittedModel {
  readonly model: TrainedModel;
  readonly fitSeconds: number;
  /** All of them, defaults included. */
  readonly hyperParameters: Readonly<Record<string, number>>;
  readonly seed: number;
  /** SHA-256 of the ratings it learned from. */
  readonly snapshot: string;
}

/** Fits the configured algorithm to a training set. Needs no database and no secret. */
export async function fitModel(
  { training, movies }: Pick<TrainingSet, 'training' | 'movies'>,
  { train }: Pick<Config, 'train'>,
  { stopwatch, onProgress }: { readonly stopwatch: Stopwatch; readonly onProgress: OnProgress },
): Promise<FittedModel> {
  const { hyperParameters, seed } = train;
  const algorithm = algorithmNamed(train.algorithm);
  const started = stopwatch();
  const model = await algorithm.fit(training, { hyperParameters, seed, movies, onProgress });
  return {
    model,
    fitSeconds: (stopwatch() - started) / 1000,
    hyperParameters: { ...defaultsOf(algorithm.hyperParameters), ...hyperParameters },
    seed,
    snapshot: snapshotDigest(training),
  };
}

const FILE = 'fitted-model.json';
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const schema = z.strictObject({
  schema: z.literal(1),
  /** Of the model file. */
  sha256: digest,
  fitSeconds: z.number().nonnegative(),
  hyperParameters: z.record(z.string(), z.number()),
  seed: z.int(),
  snapshot: digest,
});

/** Writes a fitted model as a folder for another job: `model.safetensors` and `fitted-model.json`. */
export async function writeFittedModel(directory: string, fitted: FittedModel): Promise<void> {
  const { model, ...rest } = fitted;
  const bytes = encodeModel(model);
  await replaceFolder(directory, async (unfinished) => {
    await writeFile(join(unfinished, MODEL_FILE), bytes);
    const content = { schema: 1, sha256: sha256(bytes), ...rest };
    await writeFile(join(unfinished, FILE), `${JSON.stringify(content, null, 2)}\n`);
  });
}

/**
 * Reads a fitted model back; it predicts bit for bit what the written one predicted.
 *
 * @throws OperatorError `artifact-invalid` when a file is missing or is not what was written, `model-invalid`
 * when the model file cannot be decoded.
 */
export async function readFittedModel(directory: string): Promise<FittedModel> {
  const { schema: _, sha256: expected, ...rest } = await readArtifactFile(join(directory, FILE), schema);
  const path = join(directory, MODEL_FILE);
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw unusable(path, 'it cannot be read', cause);
  });
  const found = sha256(bytes);
  if (found !== expected) throw unusable(path, `it has SHA-256 ${found}, ${FILE} says ${expected}`);
  return { ...rest, model: decodeModel(bytes, path) };
}
