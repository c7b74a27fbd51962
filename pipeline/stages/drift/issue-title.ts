import type { DriftCheck, Verdict } from '../../drift/signal.ts';
import type { SignalName } from '../../drift/signals/list.ts';
import type { GateDecision } from '../../evaluate/evaluation.ts';
import { oneLine } from '../../lib/escape.ts';
import { findingText } from '../../reports/finding-table.ts';
import { formatEffect, SIGNAL_LABELS } from '../../reports/signal-numbers.ts';
import { strongestSignal } from '../../reports/signal-order.ts';
import type { PipelineRun } from '../pipeline.ts';
import type { CheckEffects } from './effect-chart.ts';
import type { ShownGains } from './gain-table.ts';

/** The stage of the response to a drift. */
export type Stage = 'detected' | 'training' | 'gated' | 'released' | 'deployed' | 'refused';

/** The severity of a check: `high` is drift, `watch` an early sign, `none` neither. */
export type Severity = 'high' | 'watch' | 'none';

const SEVERITY: Readonly<Record<Verdict, Severity>> = {
  drift: 'high',
  watch: 'watch',
  ok: 'none',
  insufficient: 'none',
};

export const driftSeverity = ({ verdict }: Pick<DriftCheck, 'verdict'>): Severity => SEVERITY[verdict];

/** How an episode ended: another model serves, or this many checks in a row found no drift. */
export type IssueOutcome =
  | { readonly kind: 'promoted'; readonly version: number; readonly gate: GateDecision }
  | { readonly kind: 'clean'; readonly checks: number };

/** The content of a drift issue. */
export interface DriftIssueInput {
  readonly dataset: string;
  readonly modelVersion: number;
  /** The newest check of the episode. */
  readonly check: DriftCheck;
  readonly checkedAt: Date;
  readonly bufferRatings: number;
  /** Earlier checks, in any order; the newest one may be among them. */
  readonly history: readonly CheckEffects[];
  readonly stage: Stage;
  /** Null while the episode lasts. */
  readonly outcome?: IssueOutcome | null;
  readonly decision: { readonly decision: 'retrain' | 'wait'; readonly reasons: readonly string[] };
  /** What retraining gains, as measured with the check; absent for checks of earlier releases. */
  readonly gains?: ShownGains | null;
  readonly batchIds: readonly number[];
  readonly movieTitle: (id: number) => string;
  /** Identifies the settings of the check. */
  readonly configDigest: string;
  /** What a person can do, one line of Markdown each. */
  readonly actions: readonly string[];
  /** Confidence of the intervals, 0 to 1, where the preset has any. */
  readonly confidence?: number;
  /** When training was last requested in this episode; absent before the first request. */
  readonly requestedAt?: Date | null;
  /** The workflow run that made the check; absent on one machine. */
  readonly run?: PipelineRun | null;
  /** URL of the training workflow's runs; absent on one machine. */
  readonly trainingUrl?: string | null;
  /** A person muted the checks until then. */
  readonly mute?: { readonly until: Date; readonly by: string } | null;
  /** People and teams to mention. */
  readonly mention?: readonly string[];
  /** What is kept out of the check, in words. */
  readonly quarantine?: string | null;
  /** A person has looked at the newest alert. */
  readonly acknowledgement?: { readonly at: Date; readonly by: string } | null;
}

/** The hidden marker that identifies the issue of a data set. */
export const driftMarker = (dataset: string): string => `<!-- cinematch:drift:${dataset} -->`;

const TRAINING_MARK = 'cinematch:training-requested';

/** The hidden marker with the time of the last training request, for the next check. */
export const trainingMarker = (requestedAt: Date): string =>
  `<!-- ${TRAINING_MARK}:${requestedAt.toISOString()} -->`;

/** Reads the training marker in an issue's body; null when there is none. */
export function readTrainingMarker(body: string): Date | null {
  const instant = new RegExp(`<!-- ${TRAINING_MARK}:(\\S+) -->`).exec(body)?.[1];
  const requestedAt = new Date(instant ?? Number.NaN);
  return Number.isNaN(requestedAt.getTime()) ? null : requestedAt;
}

/** `drift`, `severity:high` or `severity:watch`, `automated`. */
export function driftIssueLabels(severity: Severity): readonly string[] {
  return ['drift', ...(severity === 'none' ? [] : [`severity:${severity}`]), 'automated'];
}

/** `Drift: ratings — mean per user +0.24★ (high), model v12` */
export function driftIssueTitle({
  dataset,
  modelVersion,
  check,
}: Pick<DriftIssueInput, 'dataset' | 'modelVersion' | 'check'>): string {
  return oneLine(`Drift: ${dataset} — ${findingTitle(check)}, model v${modelVersion}`, 200);
}

/** `mean per user +0.24★ (high)` */
export function findingTitle(check: DriftCheck): string {
  const strongest = strongestSignal(check);
  const severity = driftSeverity(check);
  const strongestText =
    recognisedIn(check) ??
    (strongest === null
      ? 'no signal could be judged'
      : `${inSentence(strongest.name)} ${formatEffect(strongest)}`);
  return `${strongestText} (${severity === 'none' ? check.verdict : severity})`;
}

/**
 * `flood by one user, 2,300 ratings (31.3%)`: what was recognised by name, when it alone makes the verdict; otherwise
 * null.
 */
export function recognisedIn({ findings: [first], signals }: DriftCheck): string | null {
  if (first === undefined || signals.some(({ verdict }) => verdict === 'drift')) return null;
  const { label, ratings } = findingText(first, null);
  return `${label[0]?.toLowerCase()}${label.slice(1)}, ${ratings.replace(' (', ' ratings (')}`;
}

/** A signal's label inside a sentence: `mean per user`, but `RMSE of the champion`. */
export function inSentence(name: SignalName): string {
  const label = SIGNAL_LABELS[name];
  return /^[A-Z][a-z]/.test(label) ? `${label[0]?.toLowerCase()}${label.slice(1)}` : label;
}
