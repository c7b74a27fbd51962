import { driftReference, encodeReference } from '../drift/reference.ts';
import { performanceOf } from '../evaluate/errors.ts';
import { evaluateModel } from '../evaluate/evaluate.ts';
import type { Evaluation, GateDecision } from '../evaluate/evaluation.ts';
import { runGate } from '../evaluate/gate.ts';
import { encodeModel } from '../model/artifact.ts';
import type { Manifest } from '../model/manifest.ts';
import { type ModelPackage, packModel } from '../model/package.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { snapshotDigest } from '../ratings/snapshot.ts';
import { vocabularyOf } from '../ratings/vocabulary.ts';
import { modelCard } from '../reports/model-card.ts';
import { latestCheck } from '../store/drift-log.ts';

import { recordGate } from '../store/gate.ts';
import { nextVersion, recordModel } from '../store/models.ts';
import { readGenres } from '../store/read-movies.ts';
import { algorithmNamed } from '../train/algorithms.ts';
import { saveCandidate } from './candidate.ts';
import { currentChampion, loadReleasedModel } from './champion.ts';
import type { Pipeline } from './pipeline.ts';
import { challengerTrainingData, firstTrainingData, type TrainingData } from './training-data.ts';

/** A trained model with the proof of what it is worth, not released yet. */
export interface Candidate {
  readonly manifest: Manifest;
  readonly evaluation: Evaluation;
  /** Null for the first model, which has no champion to beat. */
  readonly gate: GateDecision | null;
  readonly package: ModelPackage;
}

/**
 * Trains a model on everything known but a holdout, and judges it on that holdout: against the champion where
 * there is one. The candidate, its metrics and the gate's numbers are kept whatever the gate says.
 *
 * @throws OperatorError `no-training-data` when there is nothing to learn from or to judge by.
 */
export async function trainModel(pipeline: Pipeline, reason: 'drift' | 'manual'): Promise<Candidate> {
  const { config, store, forge, clock, onProgress } = pipeline;
  const champion = await currentChampion(pipeline);
  onProgress({ stage: 'reading ratings', done: 0, total: null, unit: 'ratings' });
  const data = champion
    ? await challengerTrainingData(store, config)
    : await firstTrainingData(store, config);

  const algorithm = algorithmNamed(config.train.algorithm);
  const { hyperParameters, seed } = config.train;
  const started = performance.now();
  const model = await algorithm.fit(data.training, { hyperParameters, seed, onProgress });
  const fitSeconds = (performance.now() - started) / 1000;

  onProgress({ stage: 'evaluating', done: 0, total: null, unit: 'users' });
  const gate = champion
    ? runGate(
        {
          champion: (await loadReleasedModel(forge, champion.version)).model,
          challenger: model,
          seen: data.training,
          holdout: data.holdout,
          reason,
          seed,
        },
        config.gate,
      )
    : null;
  const evaluation = gate?.challenger ?? evaluateModel(model, { train: data.training, test: data.holdout });

  const trainedAt = clock();
  const version = await nextVersion(store);
  const draft: Omit<Manifest, 'files'> = {
    schema: 1,
    version,
    algorithm: algorithm.name,
    hyperParameters: { ...algorithm.defaults, ...hyperParameters },
    seed,
    trainedAt: trainedAt.toISOString(),
    fitSeconds,
    reason: champion ? reason : 'first-model',
    parent: champion?.version ?? null,
    snapshot: snapshotOf(data),
    metrics: metricsOf(evaluation),
  };
  const packed = packModel(draft, {
    'model.safetensors': encodeModel(model),
    'metrics.json': json({ evaluation, gate }),
    'model-card.md': new TextEncoder().encode(modelCard(draft, evaluation)),
    'drift-report.json': json(reason === 'drift' ? await latestCheck(store) : null),
  });
  await saveCandidate(pipeline.modelDirectory, packed);

  const genres = await readGenres(store);
  const reference = driftReference(
    data.training,
    (movieId) => genres.get(movieId) ?? [],
    data.holdout.length > 0 ? performanceOf(model, data.holdout) : null,
    data.holdout,
  );
  await recordModel(store, {
    manifest: packed.manifest,
    evaluation,
    reference: encodeReference(reference),
    status: gate?.outcome === 'refuse' ? 'refused' : 'challenger',
  });
  if (gate !== null) {
    await recordGate(store, gate, champion?.version ?? null, version, trainedAt);
  }
  return { manifest: packed.manifest, evaluation, gate, package: packed };
}

const json = (value: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);

function snapshotOf({ training, batchIds, split }: TrainingData): Manifest['snapshot'] {
  const [from, to] = timeRange(training);
  return {
    sha256: snapshotDigest(training),
    ratings: training.length,
    users: vocabularyOf(training.userIds).size,
    movies: vocabularyOf(training.movieIds).size,
    from,
    to,
    batches: [...batchIds],
    split,
  };
}

function timeRange({ ratedAt }: Ratings): [from: number, to: number] {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const time of ratedAt) {
    from = Math.min(from, time);
    to = Math.max(to, time);
  }
  return [from, to];
}

function metricsOf(evaluation: Evaluation): Manifest['metrics'] {
  const { rmse, mae, precisionAt10, recallAt10, ndcgAt10, coverage, ratings, rankedUsers } = evaluation;
  return { rmse, mae, precisionAt10, recallAt10, ndcgAt10, coverage, ratings, rankedUsers };
}
