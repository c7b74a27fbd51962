import type { DriftLock } from '../../store/drift-lock.ts';
import { acknowledgeAlerts } from '../../store/drift-log.ts';
import {
  activeQuarantines,
  type Quarantine,
  type QuarantineRequest,
  quarantineRatings,
  releaseRatings,
} from '../../store/quarantine.ts';
import { refreshDriftIssue } from '../drift/follow-issue.ts';
import type { Pipeline } from '../pipeline.ts';

/** What a person wants to be kept out of checks, trainings and serving, or to be taken back. */
export type QuarantineChange = QuarantineRequest &
  ({ readonly action: 'quarantine'; readonly reason: string } | { readonly action: 'release' });

/**
 * Quarantines or releases ratings. A new quarantine answers the open alerts: the next check is about other ratings, and
 * it raises an alert again if it still finds drift.
 *
 * @returns the newest quarantine of each subject.
 * @throws OperatorError `quarantine-unknown` when a subject has no ratings, or is not in quarantine. Then nothing was
 * done.
 */
export async function changeQuarantine(
  lock: DriftLock,
  pipeline: Pipeline,
  change: QuarantineChange,
): Promise<readonly Quarantine[]> {
  const { store } = pipeline;
  if (change.action === 'release') return releaseRatings(lock, store, change);
  const before = await activeQuarantines(store);
  const quarantines = await quarantineRatings(lock, store, change);
  if (quarantines.every(({ quarantineId }) => before.includes(quarantineId))) return quarantines;
  await acknowledgeAlerts(store, change);
  await refreshDriftIssue(lock, pipeline);
  return quarantines;
}
