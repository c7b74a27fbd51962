import type { Config } from '../../config.ts';
import { driftReference, encodeReference } from '../../drift/reference.ts';
import { evaluateModel } from '../../evaluate/evaluate.ts';
import type { Evaluation } from '../../evaluate/evaluation.ts';
import { runGate } from '../../evaluate/gate.ts';
import { performanceBeside } from '../../evaluate/performance-beside.ts';
import { evaluateInOrder } from '../../evaluate/prequential.ts';
import { rankingTask } from '../../evaluate/ranking.ts';
import { OperatorError } from '../../lib/errors.ts';
import type { OnProgress } from '../../lib/progress.ts';
import type { Stopwatch } from '../../lib/stopwatch.ts';
import { encodeModel } from '../../model/artifact.ts';
import { goldenPredictions } from '../../model/golden.ts';
import type { Manifest } from '../../model/manifest.ts';
import type { Model } from '../../model/model.ts';
import { encodeNeighbours, NEIGHBOURS_FILE } from '../../model/neighbours.ts';
import { MODEL_FILE, packModel } from '../../model/package.ts';
import { emptyRatings } from '../../ratings/ratings.ts';
import { snapshotOf } from '../../ratings/snapshot.ts';
import { summariseRatings } from '../../ratings/summary.ts';
import { findNeighbours } from '../../train/neighbours/find-neighbours.ts';
import type { Pipeline } from '../pipeline.ts';
import { measureBaselines } from './baselines.ts';
import { type Candidate, METRICS_FILE } from './candidate.ts';
import type { TrainingSet } from './export-training.ts';
import type { FittedModel } from './fit-model.ts';
import { modelCard } from './model-card.ts';
import { refitModel } from './refit-model.ts';

export interface Judging {
  readonly set: TrainingSet;
  readonly fitted: FittedModel;
  /** The model of `set.parent`, or null for the first model. */
  readonly champion: Model | null;
  readonly config: Pick<Config, 'evaluate' | 'gate'>;
  readonly trainedAt: Date;
  readonly stopwatch: Stopwatch;
  readonly run?: Pipeline['run'];
  /** The drift issue that requested it, if known. */
  readonly issue?: number | null;
  readonly onProgress?: OnProgress;
}

/**
 * Evaluates a fitted model and baselines on the holdout, runs the gate against the champion if there is one, fits a
 * model that passed once more to all ratings, and packs it with its metrics, its card and its drift reference. Needs no database and no secret.
 *
 * @throws OperatorError `artifact-invalid` when the model was fitted to other ratings than those of the set, or the
 * champion is missing.
 */
export async function judgeModel(judging: Judging): Promise<Candidate> {
  const { set, fitted, champion, config, trainedAt, run, issue = null, stopwatch, onProgress } = judging;
  const { training, holdout, parent } = set;
  const { model, seed } = fitted;
  const { batchIds, split, holdoutShare, quarantines } = set;
  const judged = snapshotOf(training);
  requireSameTraining(set, fitted, champion, judged.sha256);
  if (judged.from === null || judged.to === null) throw notJudged(set, 'the training set has no ratings');
  onProgress?.({ stage: 'evaluating', done: 0, total: null, unit: 'users' });
  const trial = { train: training, test: holdout, task: rankingTask(training, holdout, config.evaluate) };
  const gate = champion
    ? runGate(
        { champion, challenger: model, seen: training, holdout, task: trial.task, reason: set.reason, seed },
        config.gate,
      )
    : null;
  const evaluation = {
    ...(gate?.challenger ?? evaluateModel(model, trial)),
    prequential: evaluateInOrder(model, trial, { ...config.evaluate, seed, onProgress }),
  };
  const measured = await measureBaselines(trial, { seed, except: model.algorithm, stopwatch });
  const baselines = measured.map(({ algorithm, evaluation: itsOwn }) => ({ algorithm, evaluation: itsOwn }));
  const passed = gate?.outcome !== 'refuse';
  const refit =
    passed && config.gate.refit && holdout.length > 0
      ? await refitModel(set, fitted, { stopwatch, onProgress })
      : null;
  const isRefit = refit !== null && 'model' in refit;
  const released = isRefit ? refit : { ...fitted, training };
  const snapshot = isRefit ? snapshotOf(released.training) : judged;
  const draft: Omit<Manifest, 'files'> = {
    schema: 1,
    version: set.version,
    algorithm: model.algorithm,
    hyperParameters: { ...fitted.hyperParameters },
    seed,
    trainedAt: trainedAt.toISOString(),
    fitSeconds: released.fitSeconds,
    reason: parent === null ? 'first-model' : set.reason,
    ...(set.because.length === 0 || parent === null ? {} : { because: [...set.because] }),
    parent,
    snapshot: {
      ...snapshot,
      from: snapshot.from ?? judged.from,
      to: snapshot.to ?? judged.to,
      batches: [...batchIds],
      split,
      holdoutShare,
      ...(quarantines.length === 0 ? {} : { quarantines: [...quarantines] }),
      ...(set.erasure === 0 ? {} : { erasure: set.erasure }),
    },
    ...(isRefit ? { judged: { sha256: judged.sha256, ratings: judged.ratings } } : {}),
    ...(refit !== null && 'problem' in refit ? { refitProblem: refit.problem } : {}),
    metrics: metricsOf(evaluation),
    golden: [...goldenPredictions(released.model)],
    ...(run === undefined ? {} : { run: { ...run } }),
  };
  onProgress?.({ stage: 'similar movies', done: 0, total: null, unit: 'movies' });
  const packed = packModel(draft, {
    [MODEL_FILE]: encodeModel(released.model),
    [NEIGHBOURS_FILE]: encodeNeighbours(findNeighbours(released.training, set.movies)),
    [METRICS_FILE]: json({ evaluation, baselines, gate }),
    'model-card.md': new TextEncoder().encode(modelCard(draft, evaluation, baselines)),
    'drift-report.json': json(set.driftReport),
  });
  const genres = new Map(set.movies.map((movie) => [movie.id, movie.genres]));
  const reference = driftReference(
    released.training,
    (movieId) => genres.get(movieId) ?? [],
    holdout.length > 0
      ? performanceBeside(model, holdout, summariseRatings(training), training, 'as-told')
      : null,
    isRefit ? emptyRatings(0) : holdout,
  );
  return {
    manifest: packed.manifest,
    evaluation,
    baselines,
    gate,
    package: packed,
    reference: encodeReference(reference),
    issue,
  };
}

/** Checks that the artifacts of several jobs belong to one training. */
function requireSameTraining(
  set: TrainingSet,
  { snapshot }: FittedModel,
  champion: Model | null,
  digest: string,
): void {
  const { parent } = set;
  const problem =
    snapshot !== digest
      ? `it was fitted to ratings with SHA-256 ${snapshot}, the training set has ${digest}`
      : (parent === null) !== (champion === null)
        ? parent === null
          ? 'it is the first model, but a champion was given'
          : `its champion v${parent} is missing`
        : null;
  if (problem !== null) throw notJudged(set, problem);
}

const notJudged = ({ version }: TrainingSet, problem: string): OperatorError =>
  new OperatorError(
    'artifact-invalid',
    `Model v${version} cannot be judged: ${problem}.`,
    'Run all jobs of the workflow again, so that they work on one training set.',
  );

const json = (value: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);

function metricsOf({
  warm: _,
  cold: __,
  strategies: ___,
  prequential: ____,
  ...metrics
}: Evaluation): Manifest['metrics'] {
  return metrics;
}
