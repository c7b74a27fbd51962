import { listChecks } from '../../store/drift-log.ts';
import type { Pipeline } from '../pipeline.ts';
import type { CheckEffects } from './effect-chart.ts';
import { effectsByBatch } from './episode.ts';

const CHECKS = 30;

/** The effects that the last checks of the present champion found, newest first, for a chart. */
export async function effectHistory({ store }: Pick<Pipeline, 'store'>): Promise<readonly CheckEffects[]> {
  const checks = await listChecks(store, CHECKS);
  return effectsByBatch(checks.filter(({ modelVersion }) => modelVersion === checks[0]?.modelVersion));
}
