import type { RetrainingDecision } from '../../drift/retraining.ts';
import type { Issue } from '../../forge/forge.ts';
import type { DriftLock } from '../../store/drift-lock.ts';
import { acknowledgeAlerts, latestDecision } from '../../store/drift-log.ts';
import { readGate } from '../../store/gate.ts';
import { readModel } from '../../store/models.ts';
import type { Pipeline } from '../pipeline.ts';
import { changeMarker, readDispatch, tells } from './comment-markers.ts';
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
  plainBeginning,
  strongestFinding,
} from './issue-comments.ts';
import { driftIssueText, trainingUrl } from './issue-text.ts';
import { driftMarker, driftSeverity } from './issue-title.ts';

const TRAIN_WORKFLOW = 'train';

/**
 * Brings the issue in line with the newest check: opens it when drift is found, rewrites it while the episode
 * lasts, comments only when severity or stage changes, closes it after two clean checks. Retraining that is
 * due is dispatched. While a mute lasts only an open issue's text and labels change.
 *
 * @returns the issue, or null when none is open.
 */
export async function followDriftIssue(
  lock: DriftLock,
  pipeline: Pipeline,
  episode: Episode,
  decision: RetrainingDecision,
): Promise<Issue | null> {
  const { mute, newest, acknowledgement } = episode;
  if (!isOpen(episode)) {
    // Who acknowledged the alert and closed the issue does not want it opened again.
    const isNews = newest.check.verdict === 'drift' && acknowledgement === null;
    return isNews && mute === null ? openEpisode(pipeline, episode, decision) : null;
  }
  if (mute !== null) return rewrite(pipeline, episode, decision);
  const issue = await rewrite(pipeline, episode, decision);
  const from = episode.severity;
  if (from !== driftSeverity(newest.check)) {
    await say(pipeline, { ...episode, issue }, { kind: 'severity', from, check: newest.check });
  }
  if (isClean(episode)) return endEpisode(pipeline, { ...episode, issue });
  if (decision.decision === 'wait') return issue;
  return (await requestTraining(lock, pipeline, { ...episode, issue }, decision)).issue;
}

async function openEpisode(
  pipeline: Pipeline,
  episode: Episode,
  decision: RetrainingDecision,
): Promise<Issue> {
  const { forge, config } = pipeline;
  const marker = driftMarker(config.dataset);
  const text = await driftIssueText(pipeline, episode, decision);
  let issue = await forge.issues.open({ marker, ...text });
  let next = `Retraining waits: ${decision.reasons.join('; ')}.`;
  if (decision.decision === 'retrain') {
    await dispatchTraining(pipeline, issue);
    // Said by the issue itself, which has just been opened: a comment would only repeat it.
    const training: Episode = { ...episode, issue, stage: 'training', requestedAt: episode.at };
    issue = await forge.issues.update(issue.number, await driftIssueText(pipeline, training, decision));
    next = 'Retraining was dispatched.';
  }
  await announce(pipeline, issue, `Drift is found: ${strongestFinding(episode.newest.check)}. ${next}`);
  return issue;
}

async function endEpisode(pipeline: Pipeline, { issue, at }: OpenEpisode): Promise<Issue> {
  await acknowledgeAlerts(pipeline.store, { by: null, at });
  const comment = `Closed: the last ${CLEAN_CHECKS} checks found nothing. A new episode will open a new issue.`;
  const closed = await pipeline.forge.issues.close(issue.number, comment);
  await announce(pipeline, closed, comment);
  return closed;
}

/**
 * Dispatches training and says so. A training that was asked for before and has not ended is asked for again.
 *
 * @param askedBy login of the person who wants it; null when a check does.
 * @returns the issue, and the comment that says so.
 */
export async function requestTraining(
  _lock: DriftLock,
  pipeline: Pipeline,
  episode: OpenEpisode,
  decision: RetrainingDecision,
  askedBy: string | null = null,
): Promise<{ readonly issue: Issue; readonly comment: string }> {
  const { issue, requestedAt, at } = episode;
  const isAgain = trainingState(episode, pipeline.config.retraining.retryAfterHours) !== 'none';
  await dispatchTraining(pipeline, issue);
  const change: DriftChange = {
    kind: 'training',
    askedBy,
    again: isAgain ? { requestedAt } : null,
    trainingUrl: trainingUrl(pipeline),
  };
  // That training fails day after day is told once; the issue has the newest instant.
  const isRepeat = isAgain && askedBy === null && readDispatch(issue.comments.at(-1))?.isAgain === true;
  if (!isRepeat) await say(pipeline, episode, change);
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
 * Says on the open issue, where there is one, that the answer has come to a further stage with this model. An
 * issue about another champion than the model was compared with is left alone.
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
  // The gate's table stands in the comment of what follows; on one machine deployment follows at once.
  const isToldLater = stage === 'gated' || (stage === 'released' && pipeline.run === undefined);
  if (episode.stage !== stage && !isToldLater && mute === null) {
    const gate = await readGate(pipeline.store, version);
    const champion = newest.modelVersion;
    const change: DriftChange = { kind: 'stage', stage, champion, version, gate };
    // A model is released once. A run that was cut off has perhaps said so, and others have spoken since.
    const isTold = stage === 'released' && episode.issue.comments.some((said) => tells(said, change));
    if (!isTold) await say(pipeline, episode, change);
  }
  // A training that a person started by hand counts from here.
  const requestedAt = episode.requestedAt ?? at;
  await rewrite(pipeline, { ...episode, stage, requestedAt }, await decisionOf(pipeline));
}

/**
 * Closes the open issue with what the new champion is worth, before and after.
 *
 * @param location where it serves, if anywhere.
 * @returns null when no issue is open, or when the model replaced no other.
 */
export async function answerDriftIssue(
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
  const issue = await rewrite(pipeline, { ...episode, stage: 'deployed' }, await decisionOf(pipeline));
  const comment = driftClosingComment({ version, parent, gate, check: episode.newest.check, location });
  const closed = await forge.issues.close(issue.number, comment);
  if (episode.mute === null) await announce(pipeline, closed, comment);
  return closed;
}

/**
 * Brings the open issue's text in line with a mute, an acknowledgement or their end.
 *
 * @returns where the episode stands, or null before the first check.
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
): Promise<Issue> {
  // While training is under way a check waits for it; the issue keeps saying why it was dispatched.
  const isUnderWay = episode.stage === 'training' && decision.decision === 'wait';
  const asked = isUnderWay ? await latestDecision(pipeline.store, 'retrain') : null;
  return pipeline.forge.issues.update(
    episode.issue.number,
    await driftIssueText(pipeline, episode, asked ?? decision),
  );
}

async function decisionOf({ store }: Pipeline): Promise<RetrainingDecision> {
  return (await latestDecision(store)) ?? { decision: 'wait', reasons: [] };
}

/** A comment, and the same elsewhere unless that is muted. What the last comment tells has been said. */
async function say(pipeline: Pipeline, { issue, mute }: OpenEpisode, change: DriftChange): Promise<void> {
  const last = issue.comments.at(-1);
  if (last !== undefined && tells(last, change)) return;
  const comment = driftStageComment(change);
  await pipeline.forge.issues.comment(issue.number, `${comment}\n\n${changeMarker(change)}`);
  if (mute === null) await announce(pipeline, issue, comment);
}

async function announce({ announce }: Pipeline, { title, location }: Issue, comment: string): Promise<void> {
  await announce?.({ title, text: plainBeginning(comment), url: location });
}
