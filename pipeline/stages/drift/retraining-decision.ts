import { decideRetraining, type RetrainingDecision } from '../../drift/retraining.ts';
import { formatInstant } from '../../reports/numbers.ts';
import { type Alert, openAlerts } from '../../store/drift-log.ts';
import { listModels } from '../../store/models.ts';
import type { Pipeline } from '../pipeline.ts';
import { CLEAN_CHECKS, type Episode, isClean, trainingState } from './episode.ts';

const HOUR = 3_600_000;

/** What follows from the newest check, and the alerts it was decided by. */
export interface Decided {
  readonly decision: RetrainingDecision;
  readonly alerts: readonly Alert[];
}

/**
 * Whether to dispatch training now: it is due by alerts and ratings, and nothing speaks against it, neither a
 * mute, nor a training that is under way, nor a challenger that lost although it knew these ratings.
 */
export async function decideOnEpisode(pipeline: Pipeline, episode: Episode): Promise<Decided> {
  const { store, config } = pipeline;
  const { at, newest, acknowledgement } = episode;
  const since = new Date(at.getTime() - config.retraining.alertWindowHours * HOUR);
  // What was raised against an earlier champion says nothing about this one.
  const alerts = (await openAlerts(store, { since })).filter(
    ({ modelVersion }) => modelVersion === newest.modelVersion,
  );
  const due = decideRetraining({ alerts, bufferRatings: newest.bufferRatings, now: at }, config.retraining);
  if (due.decision === 'wait') {
    const seen =
      acknowledgement === null ? [] : [`the newest alert was acknowledged by ${acknowledgement.by}`];
    return { alerts, decision: { ...due, reasons: [...due.reasons, ...seen] } };
  }
  const objection = await objectionTo(pipeline, episode);
  return { alerts, decision: objection === null ? due : { decision: 'wait', reasons: [objection] } };
}

async function objectionTo({ store, config }: Pipeline, episode: Episode): Promise<string | null> {
  const { mute, newest, issue, requestedAt } = episode;
  if (mute !== null) return `muted by ${mute.by} until ${formatInstant(mute.until)}`;
  if (issue === null && newest.check.verdict !== 'drift') return 'the newest check finds no drift';
  if (isClean(episode)) return `the last ${CLEAN_CHECKS} checks found nothing`;
  const refused = (await listModels(store)).find(
    ({ status, manifest }) =>
      status === 'refused' &&
      manifest.parent === newest.modelVersion &&
      manifest.snapshot.batches.includes(newest.newestBatchId),
  );
  if (refused !== undefined) {
    return `model v${refused.version} has learnt from these very ratings and was refused by the gate`;
  }
  const { retryAfterHours } = config.retraining;
  return trainingState(episode, retryAfterHours) === 'under-way'
    ? `retraining was dispatched ${formatInstant(requestedAt)} and is asked for again when nothing has come of it after ${retryAfterHours} h`
    : null;
}
