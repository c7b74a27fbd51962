import type { RequestReason } from '../../lib/training-reason.ts';
import type { Pipeline } from '../pipeline.ts';
import type { Candidate } from './candidate.ts';
import { exportTraining } from './export-training.ts';
import { fitModel } from './fit-model.ts';
import { judgeModel } from './judge-model.ts';
import { readParent } from './read-parent.ts';
import { recordCandidate } from './record-candidate.ts';

/**
 * Trains a model on all ratings except a holdout, evaluates it on the holdout, and runs the gate against the
 * champion if there is one. Stores the candidate, its metrics and the gate's decision, also if it was refused.
 *
 * Runs the four steps of a training in one process; on GitHub each is a job.
 *
 * @throws OperatorError `no-training-data` when there are no ratings to train on.
 */
export async function trainModel(pipeline: Pipeline, reason: RequestReason): Promise<Candidate> {
  const { config, forge, clock, stopwatch, run, onProgress } = pipeline;
  const set = await exportTraining(pipeline, reason);
  const fitted = await fitModel(set, config, pipeline);
  const champion = await readParent(forge, set);
  const candidate = await judgeModel({
    set,
    fitted,
    champion,
    config,
    trainedAt: clock(),
    stopwatch,
    run,
    onProgress,
  });
  await recordCandidate(pipeline, candidate);
  return candidate;
}
