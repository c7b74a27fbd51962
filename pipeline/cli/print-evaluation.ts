import type { Evaluation, GateDecision, Metrics } from '../evaluate/evaluation.ts';
import { formatCount, formatMetric } from '../reports/numbers.ts';
import type { Terminal } from './terminal.ts';

const COLUMNS = [
  ['RMSE', 'rmse'],
  ['MAE', 'mae'],
  ['Precision@10', 'precisionAt10'],
  ['Recall@10', 'recallAt10'],
  ['NDCG@10', 'ndcgAt10'],
  ['Coverage', 'coverage'],
] as const satisfies readonly (readonly [string, keyof Metrics])[];

/** All users, then those the training data knows and those it does not. */
export function printEvaluation(terminal: Terminal, evaluation: Evaluation): void {
  const row = (label: string, metrics: Metrics): string[] => [
    label,
    ...COLUMNS.map(([, key]) => formatMetric(key, metrics[key])),
    formatCount(metrics.ratings),
    formatCount(metrics.rankedUsers),
  ];
  terminal.printTable(
    ['Users', ...COLUMNS.map(([label]) => label), 'Ratings', 'Ranked users'],
    [row('all', evaluation), row('warm', evaluation.warm), row('cold', evaluation.cold)],
  );
}

/** Champion against challenger on the same held-out ratings, and what the rules made of it. */
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
    gate.rules.map(({ metric, champion, challenger, difference, interval, rule, passed }) => [
      metric === 'rmse' ? 'RMSE' : 'Precision@10',
      formatMetric(metric, champion),
      formatMetric(metric, challenger),
      formatMetric(metric, difference, 'signed'),
      interval === null ? '–' : interval.map((end) => formatMetric(metric, end, 'signed')).join(' to '),
      rule,
      passed ? terminal.style('green', 'yes') : terminal.style('red', 'no'),
    ]),
  );
}
