import type { DriftCheck, SignalName, SignalResult, Verdict } from '../drift/signal.ts';
import { escapeMarkdown, oneLine } from '../lib/escape.ts';
import { contributorTable } from './contributor-table.ts';
import { type CheckEffects, effectChart } from './effect-chart.ts';
import { details, formatRanges, paragraphs, plural } from './markdown.ts';
import {
  formatCount,
  formatEffect,
  formatInstant,
  formatThreshold,
  formatValue,
  SIGNAL_LABELS,
} from './numbers.ts';
import { signalSection, strongestSignal } from './signal-table.ts';

/** How far the answer to a drift has come. */
export type Stage = 'detected' | 'training' | 'gated' | 'released' | 'deployed' | 'refused';

/** How much a check demands: `high` is drift, `watch` an early sign, `none` nothing. */
export type Severity = 'high' | 'watch' | 'none';

const SEVERITY: Readonly<Record<Verdict, Severity>> = {
  drift: 'high',
  watch: 'watch',
  ok: 'none',
  insufficient: 'none',
};

export const driftSeverity = ({ verdict }: Pick<DriftCheck, 'verdict'>): Severity => SEVERITY[verdict];

/** Everything the issue of a drift episode says. */
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
  readonly decision: { readonly decision: 'retrain' | 'wait'; readonly reasons: readonly string[] };
  readonly batchIds: readonly number[];
  readonly movieTitle: (id: number) => string;
  /** Identifies the settings of the check. */
  readonly configDigest: string;
  /** What a person can do, one line of Markdown each. */
  readonly actions: readonly string[];
  /** Confidence of the intervals, 0 to 1, where the preset has any. */
  readonly confidence?: number;
}

/** The hidden mark by which the issue of a data set is found again. */
export const driftMarker = (dataset: string): string => `<!-- cinematch:drift:${dataset} -->`;

/** `drift`, `severity:high` or `severity:watch`, `automated`. */
export function driftIssueLabels(check: Pick<DriftCheck, 'verdict'>): readonly string[] {
  const severity = driftSeverity(check);
  return ['drift', ...(severity === 'none' ? [] : [`severity:${severity}`]), 'automated'];
}

/** `Drift: ratings — mean per user +0.24★ (high), model v12` */
export function driftIssueTitle({
  dataset,
  modelVersion,
  check,
}: Pick<DriftIssueInput, 'dataset' | 'modelVersion' | 'check'>): string {
  const strongest = strongestSignal(check);
  const severity = driftSeverity(check);
  const strongestText =
    strongest === null
      ? 'nothing could be judged'
      : `${inSentence(strongest.name)} ${formatEffect(strongest)}`;
  return oneLine(
    `Drift: ${dataset} — ${strongestText} (${severity === 'none' ? check.verdict : severity}), model v${modelVersion}`,
    200,
  );
}

/** The whole issue. A newer check replaces it; what changed on the way is in the comments. */
export function driftIssueBody(input: DriftIssueInput): string {
  const { check, dataset, batchIds, configDigest, checkedAt, bufferRatings, confidence = null } = input;
  const strongest = strongestSignal(check);
  return paragraphs([
    driftMarker(dataset),
    alertBlock(input),
    signalSection(check, confidence),
    '### Where it comes from',
    contributorTable(check.contributors, input.movieTitle),
    strongest === null ? null : effectChart(strongest.name, strongest.threshold, withNewest(input)),
    '### What happens next',
    checklist(input),
    input.actions.length === 0 ? null : '### What you can do',
    input.actions.map((action) => `- ${action}`).join('\n'),
    details(
      'How this was measured',
      [
        `- Checked ${formatInstant(checkedAt)} with the preset \`${check.preset}\`, settings \`${configDigest}\``,
        ...check.windows.map(
          ({ name, ratings, users, movies }) =>
            `- ${name === 'newest' ? 'Newest batch' : 'Whole buffer'}: ${sizes(ratings, users, movies)}`,
        ),
        `- Reference, the training data of model v${input.modelVersion}: ${sizes(check.reference.ratings, check.reference.users, check.reference.movies)}`,
        `- Buffer: ${formatCount(bufferRatings)} ratings, ${batchIds.length === 1 ? 'batch' : 'batches'} ${formatRanges(batchIds)}`,
        check.preset === 'robust'
          ? '- Several signals at once: p-values are corrected after Holm; intervals are not'
          : '- Each signal is compared with its own threshold; nothing is corrected for their number',
      ].join('\n'),
    ),
  ]);
}

const sizes = (ratings: number, users: number, movies: number): string =>
  `${formatCount(ratings)} ratings by ${formatCount(users)} users of ${formatCount(movies)} movies`;

/** A signal's label where a sentence goes on: `mean per user`, but `RMSE of the champion`. */
export function inSentence(name: SignalName): string {
  const label = SIGNAL_LABELS[name];
  return /^[A-Z][a-z]/.test(label) ? `${label[0]?.toLowerCase()}${label.slice(1)}` : label;
}

function alertBlock({ check, modelVersion, stage, decision }: DriftIssueInput): string {
  const severity = driftSeverity(check);
  const strongest = strongestSignal(check);
  const window = check.windows.find(({ name }) => name === (strongest?.window ?? 'newest'));
  const users =
    window === undefined
      ? 'New ratings'
      : `Ratings from ${formatCount(window.users)} ${plural(window.users, 'user')}`;
  const training = `the data model v${modelVersion} was trained on`;
  const headline = {
    high: `**${users} differ from ${training}.**`,
    watch: `**${users} begin to differ from ${training}.**`,
    none:
      check.verdict === 'ok'
        ? `**${users} no longer differ from ${training}.**`
        : `**${users} are too few to compare with ${training}.**`,
  }[severity];
  return [
    `> [!${{ high: 'WARNING', watch: 'IMPORTANT', none: 'NOTE' }[severity]}]`,
    `> ${headline}`,
    ...(strongest === null ? [] : [`> ${finding(strongest)}`]),
    `> ${progress(stage, modelVersion, decision)}`,
  ].join('\n');
}

/** `Mean per user: 3.52★ before, 3.76★ now, an effect of +0.24★ against a threshold of 0.10★.` */
function finding(signal: SignalResult): string {
  const { name, reference, value, threshold } = signal;
  const effect = formatEffect(signal);
  const change =
    reference === null || value === null
      ? effect
      : `${formatValue(name, reference)} before, ${formatValue(name, value)} now, an effect of ${effect}`;
  const bar = threshold === null ? '' : ` against a threshold of ${formatThreshold(signal)}`;
  return `${SIGNAL_LABELS[name]}: ${change}${bar}.`;
}

const SHOWN_REASONS = 10;

function progress(
  stage: Stage,
  modelVersion: number,
  { decision, reasons }: DriftIssueInput['decision'],
): string {
  const shown = reasons.slice(0, SHOWN_REASONS).map((reason) => escapeMarkdown(reason, 300));
  const why = shown.length === 0 ? '' : `: ${shown.join('; ')}`;
  switch (stage) {
    case 'detected':
      return `${decision === 'retrain' ? 'Retraining is due' : 'Retraining waits'}${why}.`;
    case 'training':
      return `Retraining was dispatched${why}.`;
    case 'gated':
      return 'A challenger passed the gate and is being released.';
    case 'released':
      return 'A better model is released; its deployment comes next.';
    case 'deployed':
      return 'A better model is serving.';
    case 'refused':
      return `The gate refused the challenger: model v${modelVersion} keeps serving.`;
  }
}

/** The steps of the answer in order; how many of them are done at each stage. */
const STEPS = ['Drift detected', 'Retraining dispatched', 'Gate passed', 'Released', 'Deployed'] as const;
const STEPS_DONE: Readonly<Record<Stage, number>> = {
  detected: 1,
  training: 2,
  refused: 2,
  gated: 3,
  released: 4,
  deployed: 5,
};

function checklist({ stage, modelVersion }: DriftIssueInput): string {
  return STEPS.map((step, index) => {
    const refused = stage === 'refused' && index === STEPS_DONE.refused;
    return `- [${index < STEPS_DONE[stage] ? 'x' : ' '}] ${step}${refused ? `: **refused**, model v${modelVersion} keeps serving` : ''}`;
  }).join('\n');
}

/** The history up to and with the newest check, which is written by its loudest window. */
function withNewest({ check, checkedAt, history }: DriftIssueInput): readonly CheckEffects[] {
  if (history.some((past) => past.checkedAt.getTime() === checkedAt.getTime())) return history;
  const strongest = strongestSignal(check);
  if (strongest === null || strongest.effect === null) return history;
  return [...history, { checkedAt, effects: { [strongest.name]: strongest.effect } }];
}
