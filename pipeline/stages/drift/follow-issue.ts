import type { RetrainingDecision } from '../../drift/retraining.ts';
import type { Issue } from '../../forge/forge.ts';
import type { DriftLock } from '../../store/drift-lock.ts';
import { acknowledgeAlerts, latestDecision } from '../../store/drift-log.ts';
import { readGate } from '../../store/gate.ts';
import { readModel } from '../../store/models.ts';
import type { Pipeline } from '../pipeline.ts';
import { changeMarker, isAbout, readDispatch } from './comment-markers.ts';
import {
  CLEAN_CHECKS,
  type Episode,
  isClean,
  isOpen,
  type OpenEpisode,
  readEpisode,
  trainingState,
} from './episode.ts';
import {
  type DriftChange,
  driftClosingComment,
  driftStageComment,
  firstLineAsText,
  strongestFinding,
} from './issue-comments.ts';
import { driftIssueText, trainingUrl } from './issue-text.ts';
import { driftMarker, driftSeverity, type IssueOutcome } from './issue-title.ts';

const TRAIN_WORKFLOW = 'train';

/**
 * Updates the issue after the newest check: opens it when drift is found, rewrites it during the episode, comments
 * only when severity or stage changes, and closes it after two clean checks. Dispatches retraining that is due.
 * During a mute only the text and labels of an open issue change.
 *
 * @returns the issue, or null when none is open.
 */
export async function followDriftIssue(
  lock: DriftLock,
  pipeline: Pipeline,
  episode: Episode,
  decision: RetrainingDecision,
): Promise<Issue | null> {
  const { mute, newest } = episode;
  if (!isOpen(episode)) return opensIssue(episode) ? openEpisode(pipeline, episode, decision) : null;
  if (mute !== null) return rewrite(pipeline, episode, decision);
  const outcome = isClean(episode) ? ({ kind: 'clean', checks: CLEAN_CHECKS } as const) : null;
  const issue = await rewrite(pipeline, episode, decision, outcome);
  const from = episode.severity;
  if (from !== driftSeverity(newest.check)) {
    await reportChange(pipeline, { ...episode, issue }, { kind: 'severity', from, check: newest.check });
  }
  if (outcome !== null) return endEpisode(pipeline, { ...episode, issue });
  if (decision.decision === 'wait') return issue;
  return (await requestTraining(lock, pipeline, { ...episode, issue }, decision)).issue;
}

/** Whether the newest check opens an issue. A person who acknowledged the alert and closed the issue wants no new one. */
function opensIssue({ issue, newest, acknowledgement, mute }: Episode): boolean {
  return issue === null && newest.check.verdict === 'drift' && acknowledgement === null && mute === null;
}

/** Dispatches a routine training: one that is due without an issue. */
export async function dispatchRoutine(
  { forge }: Pipeline,
  episode: Episode,
  { decision, reason }: RetrainingDecision,
): Promise<void> {
  if (decision === 'wait' || reason === null || episode.issue !== null || opensIssue(episode)) return;
  await forge.dispatch(TRAIN_WORKFLOW, { reason, issue: '' });
}

async function openEpisode(
  pipeline: Pipeline,
  episode: Episode,
  decision: RetrainingDecision,
): Promise<Issue> {
  const { forge, config } = pipeline;
  const marker = driftMarker(config.dataset);
  const text = await driftIssueText(pipeline, episode, decision);
  let issue = await forge.issues.open({ marker, ...text, assignees: config.alerts.assignees });
  let next = `Retraining waits: ${decision.reasons.join('; ')}.`;
  if (decision.decision === 'retrain') {
    await dispatchTraining(pipeline, issue);
    // The new issue says so itself: a comment would only repeat it.
    const training: Episode = { ...episode, issue, stage: 'training', requestedAt: episode.at };
    issue = await forge.issues.update(issue.number, await driftIssueText(pipeline, training, decision));
    next = 'Retraining was dispatched.';
  }
  await announce(pipeline, issue, `Drift was found: ${strongestFinding(episode.newest.check)}. ${next}`);
  return issue;
}

async function endEpisode(pipeline: Pipeline, { issue, at }: OpenEpisode): Promise<Issue> {
  await acknowledgeAlerts(pipeline.store, { by: null, at });
  const comment = `Closed: the last ${CLEAN_CHECKS} checks found no drift. New drift opens a new issue.`;
  const closed = await pipeline.forge.issues.close(issue.number, comment);
  await announce(pipeline, closed, comment);
  return closed;
}

/**
 * Dispatches training and comments on it. A training that was requested before and has not ended is dispatched again.
 *
 * @param requestedBy login of the person who requested it; null for a check.
 * @returns the issue and the text of the comment.
 */
export async function requestTraining(
  _lock: DriftLock,
  pipeline: Pipeline,
  episode: OpenEpisode,
  decision: RetrainingDecision,
  requestedBy: string | null = null,
): Promise<{ readonly issue: Issue; readonly comment: string }> {
  const { issue, requestedAt, at } = episode;
  const isAgain = trainingState(episode, pipeline.config.retraining.retryAfterHours) !== 'none';
  await dispatchTraining(pipeline, issue);
  const change: DriftChange = {
    kind: 'training',
    requestedBy,
    again: isAgain ? { requestedAt } : null,
    trainingUrl: trainingUrl(pipeline),
  };
  // A training that fails again and again is reported once; the issue has the time of the newest request.
  const isRepeat = isAgain && requestedBy === null && readDispatch(issue.comments.at(-1))?.isAgain === true;
  if (!isRepeat) await reportChange(pipeline, episode, change);
  const stage = isAgain ? episode.stage : 'training';
  return {
    issue: await rewrite(pipeline, { ...episode, stage, requestedAt: at }, decision),
    comment: driftStageComment(change),
  };
}

async function dispatchTraining({ forge }: Pipeline, issue: Issue): Promise<void> {
  await forge.dispatch(TRAIN_WORKFLOW, { reason: 'drift', issue: String(issue.number) });
}

/**
 * Updates the open issue, if there is one, when this model reaches the next stage. Leaves an issue about another
 * champion alone.
 */
export async function markDriftIssue(
  _lock: DriftLock,
  pipeline: Pipeline,
  stage: 'gated' | 'released' | 'refused',
  version: number,
): Promise<void> {
  const episode = await readEpisode(pipeline);
  if (!isOpen(episode)) return;
  const { newest, mute, at } = episode;
  const { parent } = (await readModel(pipeline.store, version)).manifest;
  if (parent !== newest.modelVersion) return;
  // A later comment has the gate's table; on one machine deployment follows at once.
  const isReportedLater = stage === 'gated' || (stage === 'released' && pipeline.run === undefined);
  if (episode.stage !== stage && !isReportedLater && mute === null) {
    const gate = await readGate(pipeline.store, version);
    const champion = newest.modelVersion;
    const change: DriftChange = { kind: 'stage', stage, champion, version, gate };
    // A model is released once. An interrupted run may have posted this comment, and others may follow it.
    const isReported =
      stage === 'released' && episode.issue.comments.some((comment) => isAbout(comment, change));
    if (!isReported) await reportChange(pipeline, episode, change);
  }
  // For a training that a person started, the time counts from here.
  const requestedAt = episode.requestedAt ?? at;
  await rewrite(pipeline, { ...episode, stage, requestedAt }, await decisionOf(pipeline));
}

/**
 * Closes the open issue with the metrics before and after.
 *
 * @param location where it serves, if known.
 * @returns null when no issue is open, or when the model replaced no other.
 */
export async function closeDriftIssue(
  _lock: DriftLock,
  pipeline: Pipeline,
  version: number,
  location: string | null = null,
): Promise<Issue | null> {
  const { store, forge } = pipeline;
  const episode = await readEpisode(pipeline);
  if (!isOpen(episode)) return null;
  const { parent } = (await readModel(store, version)).manifest;
  const gate = await readGate(store, version);
  if (gate === null || parent === null) return null;
  const issue = await rewrite(pipeline, { ...episode, stage: 'deployed' }, await decisionOf(pipeline), {
    kind: 'promoted',
    version,
    gate,
  });
  const comment = driftClosingComment({ version, parent, gate, check: episode.newest.check, location });
  const closed = await forge.issues.close(issue.number, comment);
  if (episode.mute === null) await announce(pipeline, closed, comment);
  return closed;
}

/**
 * Rewrites the open issue after a change of mute or acknowledgement.
 *
 * @returns the state of the episode, or null before the first check.
 */
export async function refreshDriftIssue(_lock: DriftLock, pipeline: Pipeline): Promise<Episode | null> {
  const episode = await readEpisode(pipeline);
  if (isOpen(episode)) await rewrite(pipeline, episode, await decisionOf(pipeline));
  return episode;
}

async function rewrite(
  pipeline: Pipeline,
  episode: OpenEpisode,
  decision: RetrainingDecision,
  outcome: IssueOutcome | null = null,
): Promise<Issue> {
  // During training a check decides to wait; the issue keeps the reasons of the dispatch.
  const isUnderWay = episode.stage === 'training' && decision.decision === 'wait';
  const dispatched = isUnderWay ? await latestDecision(pipeline.store, { decision: 'retrain' }) : null;
  return pipeline.forge.issues.update(
    episode.issue.number,
    await driftIssueText(pipeline, episode, dispatched ?? decision, outcome),
  );
}

async function decisionOf({ store }: Pipeline): Promise<RetrainingDecision> {
  return (await latestDecision(store)) ?? { decision: 'wait', reason: null, expectedGain: null, reasons: [] };
}

/** Comments on the issue and announces the change, unless the last comment reports it. A mute stops the announcement. */
async function reportChange(
  pipeline: Pipeline,
  { issue, mute }: OpenEpisode,
  change: DriftChange,
): Promise<void> {
  const last = issue.comments.at(-1);
  if (last !== undefined && isAbout(last, change)) return;
  const comment = driftStageComment(change);
  await pipeline.forge.issues.comment(issue.number, `${comment}\n\n${changeMarker(change)}`);
  if (mute === null) await announce(pipeline, issue, comment);
}

async function announce({ announce }: Pipeline, { title, location }: Issue, comment: string): Promise<void> {
  await announce?.({ title, text: firstLineAsText(comment), url: location });
}
