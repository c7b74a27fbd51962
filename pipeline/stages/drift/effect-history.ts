import type { BatchCheck } from '../../reports/charts/effect-panels.ts';
import { listChecks } from '../../store/drift-log.ts';
import type { Pipeline } from '../pipeline.ts';
import type { CheckEffects } from './effect-chart.ts';
import { effectsByBatch } from './episode.ts';

const CHECKS = 30;
/** Checks in the report: those of a batch may be repeated daily. */
const HISTORY_CHECKS = 200;

/** The effects that the last checks of the present champion found, newest first, for a chart. */
export async function effectHistory({ store }: Pick<Pipeline, 'store'>): Promise<readonly CheckEffects[]> {
  const checks = await listChecks(store, CHECKS);
  return effectsByBatch(checks.filter(({ modelVersion }) => modelVersion === checks[0]?.modelVersion));
}

/** The checks of the last batches, each when it was the newest, oldest first. Of repeated checks only the last counts. */
export async function batchHistory({ store }: Pick<Pipeline, 'store'>): Promise<readonly BatchCheck[]> {
  const seen = new Set<number>();
  return (await listChecks(store, HISTORY_CHECKS))
    .filter(({ newestBatchId }) => !seen.has(newestBatchId) && seen.add(newestBatchId))
    .map(({ checkedAt, modelVersion, newestBatchId, check }) => ({
      checkedAt,
      modelVersion,
      batchId: newestBatchId,
      signals: check.signals,
    }))
    .toReversed();
}
