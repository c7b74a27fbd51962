import { decideRetraining, type RetrainingDecision } from '../../drift/retraining.ts';
import { formatInstant } from '../../reports/numbers.ts';
import { type Alert, openAlerts } from '../../store/drift-log.ts';
import { listModels } from '../../store/models.ts';
import type { Pipeline } from '../pipeline.ts';
import { CLEAN_CHECKS, type Episode, isClean, trainingState } from './episode.ts';

const HOUR = 3_600_000;

/** The decision of the newest check, and the alerts it is based on. */
export interface DecisionWithAlerts {
  readonly decision: RetrainingDecision;
  readonly alerts: readonly Alert[];
}

/**
 * Decides whether to dispatch training now. Alerts and new ratings must require it. A mute, a training under way,
 * or a refused challenger that was trained on the same ratings prevents it.
 */
export async function decideOnEpisode(pipeline: Pipeline, episode: Episode): Promise<DecisionWithAlerts> {
  const { store, config } = pipeline;
  const { at, newest, acknowledgement } = episode;
  const since = new Date(at.getTime() - config.retraining.alertWindowHours * HOUR);
  // Alerts about an earlier champion do not count.
  const alerts = (await openAlerts(store, { since })).filter(
    ({ modelVersion }) => modelVersion === newest.modelVersion,
  );
  const due = decideRetraining({ alerts, bufferRatings: newest.bufferRatings, now: at }, config.retraining);
  if (due.decision === 'wait') {
    const seen =
      acknowledgement === null ? [] : [`the newest alert was acknowledged by ${acknowledgement.by}`];
    return { alerts, decision: { ...due, reasons: [...due.reasons, ...seen] } };
  }
  const reason = await reasonToWait(pipeline, episode);
  return { alerts, decision: reason === null ? due : { decision: 'wait', reasons: [reason] } };
}

async function reasonToWait({ store, config }: Pipeline, episode: Episode): Promise<string | null> {
  const { mute, newest, issue, requestedAt } = episode;
  if (mute !== null) return `muted by ${mute.by} until ${formatInstant(mute.until)}`;
  if (issue === null && newest.check.verdict !== 'drift') return 'the newest check finds no drift';
  if (isClean(episode)) return `the last ${CLEAN_CHECKS} checks found no drift`;
  const refused = (await listModels(store)).find(
    ({ status, manifest }) =>
      status === 'refused' &&
      manifest.parent === newest.modelVersion &&
      manifest.snapshot.batches.includes(newest.newestBatchId),
  );
  if (refused !== undefined) {
    return `model v${refused.version} was trained on the same ratings, and the gate refused it`;
  }
  const { retryAfterHours } = config.retraining;
  return trainingState(episode, retryAfterHours) === 'under-way'
    ? `retraining was dispatched ${formatInstant(requestedAt)} and is dispatched again if it has no result after ${retryAfterHours} h`
    : null;
}
