import { loadReleasedModel } from '../champion/champion.ts';
import type { Pipeline } from '../pipeline.ts';
import type { Candidate } from './candidate.ts';
import { exportTraining, type TrainingSet } from './export-training.ts';
import { fitModel } from './fit-model.ts';
import { judgeModel } from './judge-model.ts';
import { recordCandidate } from './record-candidate.ts';

/**
 * Trains a model on everything known but a holdout, and judges it on that holdout: against the champion where
 * there is one. The candidate, its metrics and the gate's numbers are kept whatever the gate says.
 *
 * The four steps of a training in one process; on GitHub each is a job.
 *
 * @throws OperatorError `no-training-data` when there is nothing to learn from or to judge by.
 */
export async function trainModel(pipeline: Pipeline, reason: TrainingSet['reason']): Promise<Candidate> {
  const { config, forge, clock, run, onProgress } = pipeline;
  const set = await exportTraining(pipeline, reason);
  const fitted = await fitModel(set, config, onProgress);
  const champion = set.parent === null ? null : (await loadReleasedModel(forge, set.parent)).model;
  const candidate = await judgeModel({ set, fitted, champion, config, trainedAt: clock(), run, onProgress });
  await recordCandidate(pipeline, candidate);
  return candidate;
}
