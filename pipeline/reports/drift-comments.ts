import type { DriftCheck } from '../drift/signal.ts';
import type { GateDecision } from '../evaluate/evaluation.ts';
import { driftSeverity, inSentence, type Severity, type Stage } from './drift-issue.ts';
import { gateProtocol, gateTable } from './gate-table.ts';
import { paragraphs, table } from './markdown.ts';
import { formatEffect, formatThreshold, formatValue, SIGNAL_LABELS } from './numbers.ts';
import { raisedSignals, strongestSignal } from './signal-table.ts';

/** What a comment on a drift issue announces: never a mere repeat. */
export type DriftChange =
  | { readonly kind: 'severity'; readonly from: Severity; readonly check: DriftCheck }
  | {
      readonly kind: 'stage';
      readonly stage: Stage;
      readonly champion: number;
      /** The model that answers, from the gate on. */
      readonly version: number | null;
      readonly gate: GateDecision | null;
    };

/** The comment for a change of severity or stage. */
export function driftStageComment(change: DriftChange): string {
  return change.kind === 'severity' ? severityComment(change) : stageComment(change);
}

function severityComment({ from, check }: Extract<DriftChange, { kind: 'severity' }>): string {
  const to = driftSeverity(check);
  const strongest = strongestSignal(check);
  const finding =
    strongest === null
      ? 'nothing could be judged'
      : `${inSentence(strongest.name)} ${formatEffect(strongest)}, threshold ${formatThreshold(strongest)}`;
  return `**Severity: ${from} → ${to}.** The strongest signal now: ${finding}.`;
}

function stageComment({ stage, champion, version, gate }: Extract<DriftChange, { kind: 'stage' }>): string {
  const model = version === null ? 'the challenger' : `model v${version}`;
  const headline: Readonly<Record<Stage, string>> = {
    detected: '**Drift is detected again.**',
    training: '**Retraining was dispatched.**',
    gated: `**The gate passed: ${model} is better than v${champion} or as good.**`,
    refused: `**The gate refused ${model}: v${champion} keeps serving.**`,
    released: `**Released: ${model}.**`,
    deployed: `**Deployed: ${model} is serving.**`,
  };
  if (gate === null || (stage !== 'gated' && stage !== 'refused')) return headline[stage];
  const challenger = version === null ? 'challenger' : `v${version}`;
  return paragraphs([headline[stage], gateTable(gate, `v${champion}`, challenger), gateProtocol(gate)]);
}

/** The last comment: which model answers the drift, what it is worth, and what had drifted. */
export function driftClosingComment({
  version,
  parent,
  gate,
  check,
}: {
  readonly version: number;
  readonly parent: number;
  readonly gate: GateDecision;
  /** The check that raised the alarm. */
  readonly check: DriftCheck;
}): string {
  const raised = raisedSignals(check);
  return paragraphs([
    `**Answered by model v${version}, which serves from now on in place of v${parent}.**`,
    'Before and after, on the newest ratings:',
    gateTable(gate, `v${parent}, before`, `v${version}, after`),
    gateProtocol(gate),
    raised.length === 0
      ? null
      : paragraphs([
          'What had drifted:',
          table(
            {
              header: ['Signal', 'Window', 'In training', 'Seen', 'Effect', 'Threshold'],
              rows: raised.map((signal) => [
                SIGNAL_LABELS[signal.name],
                signal.window,
                formatValue(signal.name, signal.reference),
                formatValue(signal.name, signal.value),
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
