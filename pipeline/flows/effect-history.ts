import type { CheckEffects } from '../reports/effect-chart.ts';
import { listChecks } from '../store/drift-log.ts';
import { effectsByBatch } from './drift-episode.ts';
import type { Pipeline } from './pipeline.ts';

const CHECKS = 30;

/** What the last checks under the present champion found, newest first: the line of a chart. */
export async function effectHistory({ store }: Pick<Pipeline, 'store'>): Promise<readonly CheckEffects[]> {
  const checks = await listChecks(store, CHECKS);
  return effectsByBatch(checks.filter(({ modelVersion }) => modelVersion === checks[0]?.modelVersion));
}
