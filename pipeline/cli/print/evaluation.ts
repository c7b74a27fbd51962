import type { BaselineEvaluation, Evaluation, GateDecision } from '../../evaluate/evaluation.ts';
import { METRICS } from '../../evaluate/metric-catalogue.ts';
import type { PrequentialEvaluation } from '../../evaluate/prequential-metrics.ts';
import { baselineRows, sampleNote, segmentRows } from '../../reports/evaluation-tables.ts';
import { ruleText } from '../../reports/gate-table.ts';
import { formatMetric } from '../../reports/metric-text.ts';
import { PREQUENTIAL_TEXT, prequentialRows, prequentialSample } from '../../reports/prequential-table.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Prints a model's metrics by segment of users, then beside the baselines if there are any. */
export function printEvaluation(
  terminal: Terminal,
  algorithm: string,
  evaluation: Evaluation,
  baselines: readonly BaselineEvaluation[],
): void {
  const segments = segmentRows(evaluation);
  terminal.printTable(segments.header, segments.rows);
  if (evaluation.prequential !== undefined) printPrequential(terminal, evaluation.prequential);
  if (baselines.length === 0) return;
  const beside = baselineRows(algorithm, evaluation, baselines);
  terminal.print();
  terminal.printTable(beside.header, beside.rows);
  const note = sampleNote(evaluation);
  if (note !== null) terminal.print(note);
}

function printPrequential(terminal: Terminal, prequential: PrequentialEvaluation): void {
  const { header, rows } = prequentialRows(prequential);
  terminal.print();
  terminal.print(PREQUENTIAL_TEXT);
  terminal.printTable(header, rows);
  const note = prequentialSample(prequential);
  if (note !== null) terminal.print(note);
}

/** Prints champion and challenger on the same held-out ratings, and whether each rule passed. */
export function printGate(terminal: Terminal, gate: GateDecision): void {
  terminal.printTable(
    [
      'Gate',
      'Champion',
      'Challenger',
      'Difference',
      `${Math.round(gate.confidence * 100)}% interval`,
      'Rule',
      'Passed',
    ],
    gate.rules.map((rule) => {
      const { metric, champion, challenger, difference, interval, passed } = rule;
      return [
        METRICS[metric].label,
        formatMetric(metric, champion),
        formatMetric(metric, challenger),
        formatMetric(metric, difference, 'signed'),
        interval === null ? '–' : interval.map((end) => formatMetric(metric, end, 'signed')).join(' to '),
        ruleText(rule),
        passed ? terminal.style('green', 'yes') : terminal.style('red', 'no'),
      ];
    }),
  );
  const note = sampleNote(gate.challenger);
  if (note !== null) terminal.print(note);
}

/** The gate's decision with each rule as data and in words. */
export function gateJson(gate: GateDecision | null): unknown {
  return gate && { ...gate, rules: gate.rules.map((rule) => ({ ...rule, rule: ruleText(rule) })) };
}
