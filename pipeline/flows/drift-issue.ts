import type { RetrainingDecision } from '../drift/retraining.ts';
import type { SignalName } from '../drift/signal.ts';
import type { GateDecision } from '../evaluate/evaluation.ts';
import type { Issue } from '../forge/forge.ts';
import type { Movie } from '../ratings/movie.ts';
import { driftClosingComment, driftStageComment } from '../reports/drift-comments.ts';
import {
  type DriftIssueInput,
  driftIssueBody,
  driftIssueLabels,
  driftIssueTitle,
  driftMarker,
  driftSeverity,
  type Severity,
  type Stage,
} from '../reports/drift-issue.ts';
import { type CheckRecord, latestCheck, listChecks } from '../store/drift-log.ts';
import { readGate } from '../store/gate.ts';
import { readModel } from '../store/models.ts';
import { readMovies } from '../store/read-movies.ts';
import type { Pipeline } from './pipeline.ts';

/** Checks in the chart of the issue. */
const HISTORY = 30;
/** So many checks in a row without any finding end an episode that no model answered. */
const CLEAN_CHECKS = 2;

const TRAIN_WORKFLOW = 'train';

/** The issue of the present drift episode, or null when none is open. One is open per data set at most. */
export function openDriftIssue({ forge, config }: Pipeline): Promise<Issue | null> {
  return forge.issues.findOpen(driftMarker(config.dataset));
}

/**
 * Brings the issue in line with the newest check: opens it when drift is found, rewrites it while the episode
 * lasts, comments only when severity or stage changes, closes it after two clean checks. Retraining that is
 * due is dispatched.
 */
export async function followDriftIssue(
  pipeline: Pipeline,
  decision: RetrainingDecision,
): Promise<Issue | null> {
  const { forge, store } = pipeline;
  const newest = await latestCheck(store);
  if (newest === null) return null;
  const existing = await openDriftIssue(pipeline);
  if (existing === null && newest.check.verdict !== 'drift') return null;

  const before = existing === null ? null : stageOf(existing);
  const movies = await readMovies(store);
  const text = await issueText(pipeline, newest, movies, decision, before ?? 'detected');
  const issue =
    existing === null
      ? await forge.issues.open({ marker: driftMarker(pipeline.config.dataset), ...text })
      : await updateWithComment(pipeline, existing, text, newest);
  if (existing !== null && (await isClean(pipeline, newest.modelVersion))) {
    return forge.issues.close(
      issue.number,
      `Closed: the last ${CLEAN_CHECKS} checks found nothing. A new episode will open a new issue.`,
    );
  }
  if (decision.decision === 'wait') return issue;
  await forge.dispatch(TRAIN_WORKFLOW, { reason: 'drift', issue: String(issue.number) });
  return setStage(pipeline, issue, newest, movies, decision, 'training');
}

/** Says on the open issue, where there is one, that the answer has come to a further stage with this model. */
export async function markDriftIssue(pipeline: Pipeline, stage: Stage, version: number): Promise<void> {
  const issue = await openDriftIssue(pipeline);
  const newest = await latestCheck(pipeline.store);
  if (issue === null || newest === null) return;
  const movies = await readMovies(pipeline.store);
  const gate = await readGate(pipeline.store, version);
  await setStage(pipeline, issue, newest, movies, RETRAIN, stage, { version, gate });
}

/**
 * Closes the open issue with what the new champion is worth, before and after.
 *
 * @returns null when no issue is open, or when the model replaced no other.
 */
export async function answerDriftIssue(pipeline: Pipeline, version: number): Promise<Issue | null> {
  const { store, forge } = pipeline;
  const issue = await openDriftIssue(pipeline);
  const newest = await latestCheck(store);
  if (issue === null || newest === null) return null;
  const { parent } = (await readModel(store, version)).manifest;
  const gate = await readGate(store, version);
  if (gate === null || parent === null) return null;
  const text = await issueText(pipeline, newest, await readMovies(store), RETRAIN, 'deployed');
  await forge.issues.update(issue.number, text);
  return forge.issues.close(
    issue.number,
    driftClosingComment({ version, parent, gate, check: newest.check }),
  );
}

const RETRAIN: RetrainingDecision = { decision: 'retrain', reasons: [] };

interface IssueText {
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
}

async function issueText(
  { config, store }: Pipeline,
  newest: CheckRecord,
  movies: readonly Movie[],
  decision: RetrainingDecision,
  stage: Stage,
): Promise<IssueText> {
  const titles = new Map(
    movies.map(({ id, title, year }) => [id, year === null ? title : `${title} (${year})`]),
  );
  const history = (await listChecks(store, HISTORY)).filter(
    ({ modelVersion }) => modelVersion === newest.modelVersion,
  );
  const input: DriftIssueInput = {
    dataset: config.dataset,
    modelVersion: newest.modelVersion,
    check: newest.check,
    checkedAt: newest.checkedAt,
    bufferRatings: newest.bufferRatings,
    history: history.map((past) => ({ checkedAt: past.checkedAt, effects: largestEffects(past) })),
    stage,
    decision,
    batchIds: newest.bufferBatchIds,
    movieTitle: (id) => titles.get(id) ?? `movie ${id}`,
    configDigest: String(newest.inputs['configDigest'] ?? ''),
    actions: [
      '`cinematch train --reason drift` trains and judges a challenger now',
      '`cinematch drift` checks again',
      '`cinematch status` shows what serves and what has arrived',
    ],
    ...(newest.check.preset === 'robust' ? { confidence: 1 - config.drift.robust.familyWiseErrorRate } : {}),
  };
  return {
    title: driftIssueTitle(input),
    body: driftIssueBody(input),
    labels: [...driftIssueLabels(newest.check), `${STAGE_LABEL}${stage}`],
  };
}

/** Of the two windows of a signal, the effect that is further from zero. */
function largestEffects({ check }: CheckRecord): Partial<Record<SignalName, number>> {
  const effects: Partial<Record<SignalName, number>> = {};
  for (const { name, effect } of check.signals) {
    if (effect !== null && Math.abs(effect) >= Math.abs(effects[name] ?? 0)) effects[name] = effect;
  }
  return effects;
}

const STAGE_LABEL = 'stage:';
const SEVERITY_LABEL = 'severity:';

function labelled(issue: Issue, prefix: string): string | undefined {
  return issue.labels.find((label) => label.startsWith(prefix))?.slice(prefix.length);
}

const stageOf = (issue: Issue): Stage => (labelled(issue, STAGE_LABEL) ?? 'detected') as Stage;
const severityOf = (issue: Issue): Severity => (labelled(issue, SEVERITY_LABEL) ?? 'none') as Severity;

async function updateWithComment(
  { forge }: Pipeline,
  issue: Issue,
  text: IssueText,
  { check }: CheckRecord,
): Promise<Issue> {
  const updated = await forge.issues.update(issue.number, text);
  const from = severityOf(issue);
  if (from !== driftSeverity(check)) {
    await forge.issues.comment(issue.number, driftStageComment({ kind: 'severity', from, check }));
  }
  return updated;
}

async function setStage(
  pipeline: Pipeline,
  issue: Issue,
  newest: CheckRecord,
  movies: readonly Movie[],
  decision: RetrainingDecision,
  stage: Stage,
  answer?: { readonly version: number; readonly gate: GateDecision | null },
): Promise<Issue> {
  const { forge } = pipeline;
  if (stageOf(issue) !== stage) {
    await forge.issues.comment(
      issue.number,
      driftStageComment({
        kind: 'stage',
        stage,
        champion: newest.modelVersion,
        version: answer?.version ?? null,
        gate: answer?.gate ?? null,
      }),
    );
  }
  return forge.issues.update(issue.number, await issueText(pipeline, newest, movies, decision, stage));
}

async function isClean({ store }: Pipeline, modelVersion: number): Promise<boolean> {
  const checks = (await listChecks(store, CLEAN_CHECKS)).filter((past) => past.modelVersion === modelVersion);
  return checks.length === CLEAN_CHECKS && checks.every(({ check }) => check.verdict === 'ok');
}
