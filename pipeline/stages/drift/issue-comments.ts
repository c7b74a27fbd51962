import type { DriftCheck } from '../../drift/signal.ts';
import { type GateDecision, gateMetrics } from '../../evaluate/evaluation.ts';
import { escapeMarkdown } from '../../lib/escape.ts';
import { linkUrl } from '../../lib/url.ts';
import { gateProtocol, gateTable } from '../../reports/gate-table.ts';
import { loginSpan } from '../../reports/login.ts';
import { paragraphs, table } from '../../reports/markdown.ts';
import { formatMetric } from '../../reports/metric-text.ts';
import { formatInstant } from '../../reports/numbers.ts';
import { severeFinding } from '../../reports/quality-table.ts';
import {
  formatEffect,
  formatSignalValue,
  formatThreshold,
  SIGNAL_LABELS,
} from '../../reports/signal-numbers.ts';
import { raisedSignals, strongestSignal } from '../../reports/signal-order.ts';
import { driftSeverity, inSentence, recognisedIn, type Severity, type Stage } from './issue-title.ts';

/** The change that a comment on a drift issue reports. */
export type DriftChange =
  | { readonly kind: 'severity'; readonly from: Severity; readonly check: DriftCheck }
  | {
      readonly kind: 'training';
      /** Login of the person who requested it; null for a check. */
      readonly requestedBy: string | null;
      /** The earlier request that had no result; null for the first request. */
      readonly again: { readonly requestedAt: Date | null } | null;
      /** URL of the training workflow's runs; null on one machine. */
      readonly trainingUrl: string | null;
    }
  | {
      readonly kind: 'stage';
      readonly stage: Exclude<Stage, 'detected' | 'training'>;
      readonly champion: number;
      /** The new model. */
      readonly version: number;
      readonly gate: GateDecision | null;
    };

/** The comment for a change of severity or stage. */
export function driftStageComment(change: DriftChange): string {
  switch (change.kind) {
    case 'severity':
      return severityComment(change);
    case 'training':
      return trainingComment(change);
    case 'stage':
      return stageComment(change);
  }
}

function severityComment({ from, check }: Extract<DriftChange, { kind: 'severity' }>): string {
  const to = driftSeverity(check);
  return `**Severity: ${from} → ${to}.** The strongest signal now: ${strongestFinding(check)}.`;
}

/**
 * What was recognised by name and alone makes the verdict, `mean per user +0.24★, threshold 0.10★`, or the severe finding about the quality of a batch
 * that alone raised the verdict.
 */
export function strongestFinding(check: DriftCheck): string {
  const recognised = recognisedIn(check);
  if (recognised !== null) return recognised;
  const severe = raisedSignals(check).length === 0 ? severeFinding(check.quality) : null;
  if (severe !== null) return severe;
  const strongest = strongestSignal(check);
  return strongest === null
    ? 'no signal could be judged'
    : `${inSentence(strongest.name)} ${formatEffect(strongest)}, threshold ${formatThreshold(strongest)}`;
}

function trainingComment({
  requestedBy,
  again,
  trainingUrl,
}: Extract<DriftChange, { kind: 'training' }>): string {
  const runs = trainingUrl === null ? '' : ` [Runs of the training](${trainingUrl}).`;
  const asked = requestedBy === null ? '' : `, as ${loginSpan(requestedBy)} asked`;
  if (again === null) return `**Retraining was dispatched${asked}.**${runs}`;
  const before =
    again.requestedAt === null ? 'an earlier request' : `the request of ${formatInstant(again.requestedAt)}`;
  return `**Retraining was dispatched again${asked}:** nothing came of ${before}.${runs}`;
}

function stageComment({ stage, champion, version, gate }: Extract<DriftChange, { kind: 'stage' }>): string {
  const headline: Readonly<Record<typeof stage, string>> = {
    gated: `**The gate passed: model v${version} is better than v${champion} or as good.**`,
    refused: `**The gate refused model v${version}: v${champion} keeps serving.**`,
    released: `**Released: model v${version}, which passed the gate against v${champion}${errors(gate)}.** It serves once it is deployed.`,
    deployed: `**Deployed: model v${version} is serving.**`,
  };
  // The closing comment has the table of a released model; a refused model has only this comment.
  if (gate === null || stage !== 'refused') return headline[stage];
  return paragraphs([headline[stage], gateTable(gate, `v${champion}`, `v${version}`), gateProtocol(gate)]);
}

/** `: RMSE 0.9536 → 0.9034`; empty where there is none. */
function errors(gate: GateDecision | null): string {
  if (gate === null) return '';
  const { champion, challenger } = gateMetrics(gate);
  const [before, after] = [champion.rmse, challenger.rmse];
  return before === null || after === null
    ? ''
    : `: RMSE ${formatMetric('rmse', before)} → ${formatMetric('rmse', after)}`;
}

/** The closing comment: the new champion, the metrics before and after, and the signals that had drifted. */
export function driftClosingComment({
  version,
  parent,
  gate,
  check,
  location = null,
}: {
  readonly version: number;
  readonly parent: number;
  readonly gate: GateDecision;
  /** The check that raised the alarm. */
  readonly check: DriftCheck;
  /** Where it serves; shown only if it is a URL. */
  readonly location?: string | null;
}): string {
  const raised = raisedSignals(check);
  return paragraphs([
    `**Model v${version} now serves in place of v${parent}.**${linkUrl(location) === null ? '' : ` Its API is at ${location}.`}`,
    'Before and after, on the newest ratings:',
    gateTable(gate, `v${parent}, before`, `v${version}, after`),
    gateProtocol(gate),
    raised.length === 0
      ? null
      : paragraphs([
          'What had drifted:',
          table(
            {
              header: ['Signal', 'Window', 'In training', 'Now', 'Effect', 'Threshold'],
              rows: raised.map((signal) => [
                SIGNAL_LABELS[signal.name],
                signal.window,
                formatSignalValue(signal.name, signal.reference),
                formatSignalValue(signal.name, signal.value),
                formatEffect(signal),
                formatThreshold(signal),
              ]),
            },
            'llrrrr',
          ),
        ]),
    `The next check compares new ratings with the training data of v${version}.`,
  ]);
}

/** The first line of a comment as plain text. */
export function firstLineAsText(comment: string): string {
  const [first = ''] = comment.split('\n');
  return first
    .replace(/ ?\[[^\]]*\]\([^)]*\)\.?/g, '')
    .replace(/[*`]/g, '')
    .trim();
}

/** The comment on an open drift issue after a rollback. */
export function rolledBackComment(from: number, to: number): string {
  return `**Rolled back: model v${to} serves again in place of v${from}.** The next check compares new ratings with the training data of v${to}.`;
}

interface FailedDeployment {
  /** The model that was to be deployed. */
  readonly version: number;
  /** The model that keeps serving; null when there is none. */
  readonly champion: number | null;
  readonly message: string;
  readonly remedy: string;
  /** The run that failed; null on one machine. */
  readonly runUrl: string | null;
}

/** The comment on an open drift issue after a failed deployment. */
export function failedDeploymentComment({
  version,
  champion,
  message,
  remedy,
  runUrl,
}: FailedDeployment): string {
  const keeps = champion === null ? 'Nothing serves yet.' : `Model v${champion} keeps serving.`;
  return paragraphs([
    `**The deployment of model v${version} failed.** ${keeps}`,
    `${escapeMarkdown(message, LONGEST_MESSAGE)}`,
    escapeMarkdown(remedy, LONGEST_MESSAGE),
    runUrl === null ? null : `[The run that failed](${runUrl})`,
  ]);
}

const LONGEST_MESSAGE = 1_500;
