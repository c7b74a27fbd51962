import type { Config } from '../../config.ts';
import { areTodaysRules } from '../../evaluate/gate-bar.ts';
import { tagOf } from '../../lib/model-tag.ts';
import type { RequestReason } from '../../lib/training-reason.ts';
import { readGate } from '../../store/gate.ts';
import { countBufferRatings } from '../../store/ledger.ts';
import { listModels, type ModelRecord } from '../../store/models.ts';
import { settleChampion } from '../champion/champion.ts';
import { isFittedAs } from '../champion/fitted-as.ts';
import { openDriftIssue } from '../drift/episode.ts';
import type { Pipeline } from '../pipeline.ts';
import { heldOut, usableBatches } from './training-data.ts';

/** What a training run has to do. */
export type TrainingPlan =
  | { readonly kind: 'train' }
  /** The issue that requested it needs no model any more. */
  | { readonly kind: 'answered'; readonly text: string }
  /** A challenger of the same ratings passed the gate and is released: only its deployment is missing. */
  | { readonly kind: 'awaiting-deployment'; readonly version: number }
  /** The gate refused the same training before, by the same rules. */
  | { readonly kind: 'refused-before'; readonly version: number }
  /** Nothing has arrived since the champion was trained. */
  | { readonly kind: 'nothing-new'; readonly text: string };

/**
 * Decides what a run has to do, so that repeated or overlapping runs leave the same state as one run. Equal
 * batches, settings, seed and champion give an equal model, which is not trained again.
 *
 * @param request.issue the drift issue that requested it, or null.
 * @throws OperatorError `forge-missing` when there is no such issue.
 */
export async function planTraining(
  pipeline: Pipeline,
  request: { readonly reason: RequestReason; readonly issue: number | null },
): Promise<TrainingPlan> {
  const { config, store, forge } = pipeline;
  const answer = await answered(pipeline, request);
  if (answer !== null) return { kind: 'answered', text: answer };
  const champion = await settleChampion(pipeline);
  if (champion !== null && (await countBufferRatings(store)) === 0) {
    return {
      kind: 'nothing-new',
      text: `No rating has arrived since model v${champion.version} was trained.`,
    };
  }
  const { batches, quarantines, erasure } = await usableBatches(store);
  const batchIds = batches.map(({ batchId }) => batchId);
  const same = (await listModels(store))
    .filter((model) => isSameTraining(model, { champion, batchIds, quarantines, erasure, config }))
    .sort((a, b) => b.version - a.version);
  for (const { version, status } of same) {
    if (status === 'challenger') {
      const release = await forge.releases.get(tagOf(version));
      // A model that is recorded but not released has its files in an interrupted run: train again.
      if (release !== null && release.state !== 'draft') return { kind: 'awaiting-deployment', version };
    }
    if (status === 'refused') {
      const gate = await readGate(store, version);
      if (gate !== null && areTodaysRules(gate.rules, config.gate))
        return { kind: 'refused-before', version };
    }
  }
  return { kind: 'train' };
}

/** Why the issue needs no model any more, or null. A manual training always runs. */
async function answered(
  pipeline: Pipeline,
  { reason, issue }: { readonly reason: RequestReason; readonly issue: number | null },
): Promise<string | null> {
  if (reason !== 'drift' || issue === null) return null;
  const { state } = await pipeline.forge.issues.get(issue);
  if (state === 'closed') return `Issue ${issue} is closed, so no training is needed.`;
  const open = await openDriftIssue(pipeline);
  if (open?.number === issue) return null;
  return open === null
    ? `Issue ${issue} is not an open drift issue of the data set ${pipeline.config.dataset}.`
    : `Issue ${issue} is not the open drift issue of the data set ${pipeline.config.dataset}; that is issue ${open.number}.`;
}

/** Whether training now would give the same model. */
function isSameTraining(
  { manifest }: ModelRecord,
  now: {
    readonly champion: ModelRecord | null;
    readonly batchIds: readonly number[];
    readonly quarantines: readonly number[];
    readonly erasure: number;
    readonly config: Config;
  },
): boolean {
  const { champion, batchIds, quarantines, erasure, config } = now;
  const { batches } = manifest.snapshot;
  return (
    manifest.parent === (champion?.version ?? null) &&
    isFittedAs(manifest, config.train) &&
    batches.length === batchIds.length &&
    batches.every((batch) => batchIds.includes(batch)) &&
    String(manifest.snapshot.quarantines ?? []) === String(quarantines) &&
    (manifest.snapshot.erasure ?? 0) === erasure &&
    (champion === null || heldOut(manifest.snapshot, config.gate.holdoutShare))
  );
}
