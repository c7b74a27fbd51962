import { tagOf } from '../../lib/model-tag.ts';
import { MODEL_FILE } from '../../model/package.ts';
import { runParts } from '../../reports/run-links.ts';
import { readGate, recordGate } from '../../store/gate.ts';
import { recordModel } from '../../store/models.ts';
import type { Pipeline } from '../pipeline.ts';
import { type Candidate, saveCandidate } from './candidate.ts';

/**
 * Stores a judged model, its metrics and the gate's decision, also if it was refused. Recording a candidate again
 * completes an interrupted recording and changes nothing else.
 *
 * @throws OperatorError `model-invalid` when another model has this version.
 */
export async function recordCandidate(pipeline: Pipeline, candidate: Candidate): Promise<void> {
  const { store, modelDirectory, mirror, run } = pipeline;
  const { manifest, evaluation, gate, reference } = candidate;
  const { version, parent, trainedAt } = manifest;
  await saveCandidate(modelDirectory, candidate);
  const status = gate?.outcome === 'refuse' ? 'refused' : 'challenger';
  await recordModel(store, { manifest, evaluation, reference, status });
  if (gate !== null && (await readGate(store, version)) === null) {
    await recordGate(store, gate, parent, version, new Date(trainedAt));
  }
  await mirror?.recordRun({
    manifest,
    evaluation,
    gate,
    source: modelUrl(run, tagOf(version)),
    runUrl: run?.url ?? null,
  });
}

/** The download URL of the released model, also before the release exists; a relative path on one machine. */
function modelUrl(run: Pipeline['run'], tag: string): string {
  const repository = runParts(run)?.repositoryUrl;
  return repository === undefined
    ? `${tag}/${MODEL_FILE}`
    : `${repository}/releases/download/${tag}/${MODEL_FILE}`;
}
