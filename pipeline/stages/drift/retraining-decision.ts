import { FINDING_KINDS, POISONOUS } from '../../drift/findings/finding.ts';
import { decideRetraining, type RetrainingDecision } from '../../drift/retraining.ts';
import { formatInstant, formatPercent } from '../../reports/numbers.ts';
import { type Alert, countRecentTrainings, latestDecision, openAlerts } from '../../store/drift-log.ts';
import { lastErasure, pendingErasures } from '../../store/erasures.ts';
import { listModels, type ModelRecord } from '../../store/models.ts';
import { activeQuarantines } from '../../store/quarantine.ts';
import type { Pipeline } from '../pipeline.ts';
import { CLEAN_CHECKS, type Episode, isClean, trainingState } from './episode.ts';
import type { GainReport } from './measure-gain.ts';

const HOUR = 3_600_000;

/** The decision of the newest check, and the alerts it is based on. */
export interface DecisionWithAlerts {
  readonly decision: RetrainingDecision;
  readonly alerts: readonly Alert[];
}

/**
 * Decides whether to dispatch training now. A gain, an alert or age must require it. A mute, a training under way,
 * or a refused challenger that was trained on the same ratings prevents it.
 */
export async function decideOnEpisode(
  pipeline: Pipeline,
  episode: Episode,
  { champion, gain }: { readonly champion: ModelRecord; readonly gain: GainReport },
): Promise<DecisionWithAlerts> {
  const { store, config } = pipeline;
  const { at, newest, acknowledgement } = episode;
  const since = new Date(at.getTime() - config.retraining.alertWindowHours * HOUR);
  // Alerts about an earlier champion do not count.
  const alerts = (await openAlerts(store, { since })).filter(
    ({ modelVersion }) => modelVersion === newest.modelVersion,
  );
  const { coolDown } = config.retraining;
  const due = decideRetraining(
    {
      alerts,
      newRatings: gain.newRatings,
      trainedRatings: gain.trainedRatings,
      trainedAt: champion.trainedAt,
      recentTrainings: await countRecentTrainings(store, newest.newestBatchId, coolDown.checks - 1),
      gains: gain.gains,
      unknownGain: gain.unknown,
      erasedUsers: config.privacy.retrainAfterErasure
        ? ((await pendingErasures(store, champion.version))?.users ?? 0)
        : 0,
      now: at,
    },
    config.retraining,
  );
  if (due.decision === 'wait') {
    const seen =
      acknowledgement === null ? [] : [`the newest alert was acknowledged by ${acknowledgement.by}`];
    return { alerts, decision: { ...due, reasons: [...due.reasons, ...seen] } };
  }
  const reason = await reasonToWait(pipeline, episode, due);
  return {
    alerts,
    decision: reason === null ? due : { ...due, decision: 'wait', reason: null, reasons: [reason] },
  };
}

async function reasonToWait(
  { store, config }: Pipeline,
  episode: Episode,
  due: RetrainingDecision,
): Promise<string | null> {
  const { mute, newest, issue, at } = episode;
  if (mute !== null) return `muted by ${mute.by} until ${formatInstant(mute.until)}`;
  const poison = newest.check.findings.find(({ kind }) => POISONOUS.has(kind));
  if (poison !== undefined) {
    return `${FINDING_KINDS[poison.kind].toLowerCase()} in the newest batch (${formatPercent(poison.share)} of it): a model should not learn it, so put it in quarantine, or retrain by hand`;
  }
  if (due.reason === 'drift') {
    if (issue === null && newest.check.verdict !== 'drift') return 'the newest check finds no drift';
    if (isClean(episode)) return `the last ${CLEAN_CHECKS} checks found no drift`;
  }
  const models = await listModels(store);
  const quarantines = await activeQuarantines(store);
  const erasure = await lastErasure(store);
  const refused = models.find(
    ({ status, manifest }) =>
      status === 'refused' &&
      manifest.parent === newest.modelVersion &&
      manifest.snapshot.batches.includes(newest.newestBatchId) &&
      String(manifest.snapshot.quarantines ?? []) === String(quarantines) &&
      (manifest.snapshot.erasure ?? 0) === erasure,
  );
  if (refused !== undefined) {
    return `model v${refused.version} was trained on the same ratings, and the gate refused it`;
  }
  const { retryAfterHours } = config.retraining;
  const only = { decision: 'retrain', modelVersion: newest.modelVersion } as const;
  // Without an issue, the stored decision says when a training was requested.
  const requestedAt =
    issue === null ? ((await latestDecision(store, only))?.decidedAt ?? null) : episode.requestedAt;
  const isAnswered = models.some(
    ({ manifest, trainedAt }) =>
      manifest.parent === newest.modelVersion && requestedAt !== null && trainedAt >= requestedAt,
  );
  const stage = issue !== null ? episode.stage : isAnswered ? 'refused' : 'training';
  return trainingState({ stage, requestedAt, at }, retryAfterHours) === 'under-way'
    ? `retraining was dispatched ${formatInstant(requestedAt)} and is dispatched again if it has no result after ${retryAfterHours} h`
    : null;
}
