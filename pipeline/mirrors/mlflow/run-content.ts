import type { SegmentMetrics } from '../../evaluate/evaluation.ts';
import { COMPARED_METRICS, metricsBy } from '../../evaluate/metric-names.ts';
import { MODEL_FILE } from '../../model/package.ts';
import type { MirroredRun } from '../mirrors.ts';

interface Pair {
  readonly key: string;
  readonly value: string;
}

/** The CineMatch model version of a run or registered version. */
export const VERSION_TAG = 'cinematch.version';
/** SHA-256 of the model file. It distinguishes two models with the same version number. */
export const MODEL_TAG = 'cinematch.model';

/** MLflow's limit for the digest of a data set. The full digest is in a tag. */
const MAX_DIGEST_LENGTH = 36;

export const modelDigest = ({ manifest }: MirroredRun): string => manifest.files[MODEL_FILE]?.sha256 ?? '';

const pairs = (values: Readonly<Record<string, string | number | null>>): readonly Pair[] =>
  Object.entries(values).flatMap(([key, value]) => (value === null ? [] : [{ key, value: String(value) }]));

export function paramsOf({ manifest }: MirroredRun): readonly Pair[] {
  const { algorithm, seed, hyperParameters } = manifest;
  return pairs({ algorithm, seed, ...hyperParameters });
}

/** All defined metrics: for all users, for users in the training data (warm), and for other users (cold). */
export function mlflowMetrics({ manifest, evaluation, gate }: MirroredRun): readonly {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
}[] {
  const { warm, cold, strategies, prequential, ...all } = evaluation;
  const named = (prefix: string, values: SegmentMetrics | Readonly<Record<string, number | null>>) =>
    Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value] as const);
  const entries = [
    ...named('', all),
    ...named('warm.', warm),
    ...named('cold.', cold),
    ...named('predictions.', strategies),
    ...named('prequential.', prequential?.all.told ?? {}),
    ...(gate === null
      ? []
      : named(
          'champion.',
          metricsBy(COMPARED_METRICS, (name) => gate.champion[name]),
        )),
    ['fitSeconds', manifest.fitSeconds] as const,
  ];
  const timestamp = Date.parse(manifest.trainedAt);
  return entries.flatMap(([key, value]) => (value === null ? [] : [{ key, value, timestamp, step: 0 }]));
}

export function tagsOf(run: MirroredRun): readonly Pair[] {
  const { manifest, gate, source, runUrl } = run;
  const { version, parent, reason, snapshot } = manifest;
  return pairs({
    [VERSION_TAG]: version,
    [MODEL_TAG]: modelDigest(run),
    'cinematch.parent': parent,
    'cinematch.reason': reason,
    'cinematch.gate': gate?.outcome ?? 'none',
    'cinematch.snapshot': snapshot.sha256,
    'cinematch.source': source,
    'cinematch.run': runUrl,
    'mlflow.source.type': 'JOB',
    'mlflow.source.name': runUrl,
    'mlflow.source.git.commit': manifest.run?.commit ?? null,
  });
}

/** The training ratings, as an input of the run. */
export function datasetOf({ manifest }: MirroredRun): object {
  const { sha256, ratings, users, movies, from, to, batches, split } = manifest.snapshot;
  return {
    tags: pairs({ 'mlflow.data.context': 'training' }),
    dataset: {
      name: 'ratings',
      digest: sha256.slice(0, MAX_DIGEST_LENGTH),
      source_type: 'cinematch',
      source: JSON.stringify({ sha256, batches, heldOut: split }),
      profile: JSON.stringify({ ratings, users, movies, from, to }),
    },
  };
}
