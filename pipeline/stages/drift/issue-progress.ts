import type { SignalResult } from '../../drift/signal.ts';
import type { GateDecision } from '../../evaluate/evaluation.ts';
import { METRICS } from '../../evaluate/metric-catalogue.ts';
import { escapeMarkdown } from '../../lib/escape.ts';
import { loginSpan } from '../../reports/login.ts';
import { plural } from '../../reports/markdown.ts';
import { formatMetric } from '../../reports/metric-text.ts';
import { formatCount, formatInstant } from '../../reports/numbers.ts';
import {
  formatEffect,
  formatSignalValue,
  formatThreshold,
  SIGNAL_LABELS,
} from '../../reports/signal-numbers.ts';
import { strongestSignal } from '../../reports/signal-order.ts';
import { foundAfter, signalsWithEvidence } from './evidence-history.ts';
import {
  type DriftIssueInput,
  driftSeverity,
  type IssueOutcome,
  inSentence,
  type Stage,
} from './issue-title.ts';

/** The finding and the progress, as an alert at the top of the issue. Of a closed issue the outcome comes first. */
export function alertBlock(input: DriftIssueInput): string {
  const { outcome = null } = input;
  return outcome === null ? openAlert(input) : outcomeBlock(input, outcome);
}

function outcomeBlock({ check, modelVersion }: DriftIssueInput, outcome: IssueOutcome): string {
  const strongest = strongestSignal(check);
  const found = (when: string): readonly string[] =>
    strongest === null ? [] : [`> ${when}: ${finding(strongest)}`];
  const lines =
    outcome.kind === 'promoted'
      ? [
          `> **Resolved: model v${outcome.version} serves in place of v${modelVersion}.**${gateText(outcome.gate)}`,
          ...(driftSeverity(check) === 'none' ? [] : found('What was found')),
        ]
      : [
          `> **Over: the last ${outcome.checks} checks found no drift.** Model v${modelVersion} keeps serving, and new drift opens a new issue.`,
          ...found('Now'),
        ];
  return ['> [!TIP]', ...lines].join('\n');
}

/** ` On the newest ratings RMSE 0.9012 → 0.8580, NDCG@10 0.0850 → 0.0921.` */
function gateText({ champion, challenger }: GateDecision): string {
  const changes = (['rmse', 'ndcgAt10'] as const).flatMap((name) => {
    const [before, after] = [champion[name], challenger[name]];
    if (before === null || after === null) return [];
    return [`${METRICS[name].label} ${formatMetric(name, before)} → ${formatMetric(name, after)}`];
  });
  return changes.length === 0 ? '' : ` On the newest ratings ${changes.join(', ')}.`;
}

function openAlert(input: DriftIssueInput): string {
  const { check, modelVersion, mute = null, acknowledgement = null } = input;
  const severity = driftSeverity(check);
  const strongest = strongestSignal(check);
  const [whole] = signalsWithEvidence(check);
  const found = whole === undefined ? null : foundAfter(whole, input.history, inSentence);
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
    ...(found === null ? [] : [`> ${found}`]),
    `> ${progress(input)}`,
    ...(acknowledgement === null
      ? []
      : [
          `> Acknowledged by ${loginSpan(acknowledgement.by)}, ${formatInstant(acknowledgement.at)}: retraining waits for a new alert.`,
        ]),
    ...(mute === null
      ? []
      : [
          `> Muted by ${loginSpan(mute.by)} until ${formatInstant(mute.until)}: until then checks post no comment and start no training.`,
        ]),
  ].join('\n');
}

/** `Mean per user: 3.52★ before, 3.76★ now, an effect of +0.24★ against a threshold of 0.10★.` */
function finding(signal: SignalResult): string {
  const { name, reference, value, threshold } = signal;
  const effect = formatEffect(signal);
  const change =
    reference === null || value === null
      ? effect
      : `${formatSignalValue(name, reference)} before, ${formatSignalValue(name, value)} now, an effect of ${effect}`;
  const bar = threshold === null ? '' : ` against a threshold of ${formatThreshold(signal)}`;
  return `${SIGNAL_LABELS[name]}: ${change}${bar}.`;
}

const SHOWN_REASONS = 10;

function progress({
  stage,
  modelVersion,
  decision: { decision, reasons },
  requestedAt = null,
  trainingUrl = null,
}: DriftIssueInput): string {
  const shown = reasons.slice(0, SHOWN_REASONS).map((reason) => escapeMarkdown(reason, 300));
  const why = shown.length === 0 ? '' : `: ${shown.join('; ')}`;
  switch (stage) {
    case 'detected':
      return `${decision === 'retrain' ? 'Retraining is due' : 'Retraining waits'}${why}.`;
    case 'training':
      return [
        trainingUrl === null ? 'Retraining was dispatched' : `[Retraining was dispatched](${trainingUrl})`,
        requestedAt === null ? '' : ` ${formatInstant(requestedAt)}`,
        decision === 'retrain' ? why : '',
        '.',
      ].join('');
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

/** The steps in order, and the number of steps that are done at each stage. */
const STEPS = ['Drift detected', 'Retraining dispatched', 'Gate passed', 'Released', 'Deployed'] as const;
const STEPS_DONE: Readonly<Record<Stage, number>> = {
  detected: 1,
  training: 2,
  refused: 2,
  gated: 3,
  released: 4,
  deployed: 5,
};

/** The steps as a checklist. */
export function checklist({ stage, modelVersion }: DriftIssueInput): string {
  return STEPS.map((step, index) => {
    const refused = stage === 'refused' && index === STEPS_DONE.refused;
    return `- [${index < STEPS_DONE[stage] ? 'x' : ' '}] ${step}${refused ? `: **refused**, model v${modelVersion} keeps serving` : ''}`;
  }).join('\n');
}
