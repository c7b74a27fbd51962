import type { Config } from '../../config.ts';
import { barsOf, isSameBar } from '../../evaluate/gate-bar.ts';
import { tagOf } from '../../lib/model-tag.ts';
import { readGate } from '../../store/gate.ts';
import { countBufferRatings, listBatches } from '../../store/ledger.ts';
import { listModels, type ModelRecord } from '../../store/models.ts';
import { algorithmNamed } from '../../train/algorithms.ts';
import { defaultsOf, withTodaysNames } from '../../train/hyper-parameters.ts';
import { settleChampion } from '../champion/champion.ts';
import { openDriftIssue } from '../drift/episode.ts';
import type { Pipeline } from '../pipeline.ts';
import type { TrainingSet } from './export-training.ts';
import { heldOut } from './training-data.ts';

/** What a run that was asked to train has to do. */
export type TrainingPlan =
  | { readonly kind: 'train' }
  /** The issue that asked for it has its answer. */
  | { readonly kind: 'answered'; readonly text: string }
  /** A challenger of the same ratings passed the gate and is released: it has only to be deployed. */
  | { readonly kind: 'awaiting-deployment'; readonly version: number }
  /** The gate refused this very training before, by the same rules. */
  | { readonly kind: 'refused-before'; readonly version: number }
  /** Nothing has arrived since the champion was trained. */
  | { readonly kind: 'nothing-new'; readonly text: string };

/**
 * Decides what there is to do, so that a run that is repeated, or overlaps with another, leaves the state that
 * one run leaves. Equal batches, settings, seed and champion make an equal model, which needs no second try.
 *
 * @param request.issue the drift issue that asked, or null.
 * @throws OperatorError `forge-missing` when there is no such issue.
 */
export async function planTraining(
  pipeline: Pipeline,
  request: { readonly reason: TrainingSet['reason']; readonly issue: number | null },
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
  const batchIds = (await listBatches(store)).map(({ batchId }) => batchId);
  const same = (await listModels(store))
    .filter((model) => isOfTheSame(model, { champion, batchIds, config }))
    .sort((a, b) => b.version - a.version);
  for (const { version, status } of same) {
    if (status === 'challenger') {
      const release = await forge.releases.get(tagOf(version));
      // One that was recorded and not released has its files in a run that was cut off: train again.
      if (release !== null && release.state !== 'draft') return { kind: 'awaiting-deployment', version };
    }
    if (status === 'refused') {
      const gate = await readGate(store, version);
      const bars = barsOf(request.reason, config.gate);
      if (gate?.rules.every(({ metric, bar }) => isSameBar(bar, bars[metric])) === true) {
        return { kind: 'refused-before', version };
      }
    }
  }
  return { kind: 'train' };
}

/** Why the issue wants no model any more, or null. A person who asks is given one all the same. */
async function answered(
  pipeline: Pipeline,
  { reason, issue }: { readonly reason: TrainingSet['reason']; readonly issue: number | null },
): Promise<string | null> {
  if (reason !== 'drift' || issue === null) return null;
  const { state } = await pipeline.forge.issues.get(issue);
  if (state === 'closed') return `Issue ${issue} is closed: what it asked for is done.`;
  const open = await openDriftIssue(pipeline);
  if (open?.number === issue) return null;
  return open === null
    ? `Issue ${issue} is no open drift issue of the data set ${pipeline.config.dataset}.`
    : `Issue ${issue} is not the open drift issue of the data set ${pipeline.config.dataset}; that is issue ${open.number}.`;
}

/** Whether a training now would make this very model again. */
function isOfTheSame(
  { manifest }: ModelRecord,
  now: {
    readonly champion: ModelRecord | null;
    readonly batchIds: readonly number[];
    readonly config: Config;
  },
): boolean {
  const { champion, batchIds, config } = now;
  const { algorithm, hyperParameters, seed } = config.train;
  const wanted: Readonly<Record<string, number>> = {
    ...defaultsOf(algorithmNamed(algorithm).hyperParameters),
    ...hyperParameters,
  };
  const used = withTodaysNames(manifest.hyperParameters);
  const { batches } = manifest.snapshot;
  return (
    manifest.parent === (champion?.version ?? null) &&
    manifest.algorithm === algorithm &&
    manifest.seed === seed &&
    Object.keys({ ...wanted, ...used }).every((name) => wanted[name] === used[name]) &&
    batches.length === batchIds.length &&
    batches.every((batch) => batchIds.includes(batch)) &&
    (champion === null || heldOut(manifest.snapshot, config.gate.holdoutShare))
  );
}
