import type { ComparedMetrics, Evaluation, GateDecision, GateRule } from '../evaluate/evaluation.ts';
import type { Metric } from '../evaluate/metric.ts';
import { METRICS } from '../evaluate/metric-catalogue.ts';
import { COMPARED_METRICS, type ComparedMetric, lowerIsBetter } from '../evaluate/metric-names.ts';
import { escapeMarkdown } from '../lib/escape.ts';
import { table } from './markdown.ts';
import { formatMetric, labelWithDirection } from './metric-text.ts';
import { formatCount, formatDay, formatPercent, NO_VALUE } from './numbers.ts';

/** `Coverage of the catalogue` */
function heading(name: ComparedMetric): string {
  const { of }: Metric = METRICS[name];
  return `${labelWithDirection(name)}${of === undefined ? '' : ` of ${of}`}`;
}

/**
 * Champion and challenger on the same ratings: the metrics the gate decides by first, with interval, rule and
 * result, then those that are only reported. A difference whose interval contains zero is marked `≈`.
 */
export function gateTable(gate: GateDecision, champion: string, challenger: string): string {
  const ruled = new Set<ComparedMetric>(gate.rules.map(({ metric }) => metric));
  const reported = COMPARED_METRICS.filter((name) => !ruled.has(name));
  const plain = (
    label: string,
    name: ComparedMetric,
    segmentOf: (evaluation: Evaluation) => ComparedMetrics,
  ): readonly string[] => {
    const [before, after] = [segmentOf(gate.champion)[name], segmentOf(gate.challenger)[name]];
    const difference = before === null || after === null ? null : after - before;
    return [
      label,
      formatMetric(name, before),
      formatMetric(name, after),
      formatMetric(name, difference, 'signed'),
      'reported',
      NO_VALUE,
    ];
  };
  return table(
    {
      header: [
        'Metric',
        champion,
        challenger,
        `Difference [${formatPercent(gate.confidence, 0)} CI]`,
        'Rule',
        'Pass',
      ],
      rows: [
        ...gate.rules.map(ruleRow),
        ...reported.map((name) => plain(heading(name), name, (evaluation) => evaluation)),
        plain('RMSE, known users', 'rmse', ({ warm }) => warm),
        plain('RMSE, new users', 'rmse', ({ cold }) => cold),
      ],
    },
    'lrrrll',
  );
}

const NOT_MEASURED: Readonly<Record<GateRule['metric'], string>> = {
  rmse: 'no rating was held out to measure it on',
  precisionAt10: 'no user has a liked movie in the holdout to measure it on',
};

/** A rule of the gate in words: `at most 0.2% higher than the champion`. */
export function ruleText({ metric, bar, difference }: GateRule, rival = 'champion'): string {
  const isJudged = difference !== null;
  return `${barText(metric, bar)} the ${rival}${isJudged ? '' : `; ${NOT_MEASURED[metric]}`}`;
}

function barText(metric: GateRule['metric'], bar: GateRule['bar']): string {
  const [better, worse] = lowerIsBetter(metric) ? ['lower', 'higher'] : ['higher', 'lower'];
  switch (bar?.kind) {
    case 'better':
      return `${better} than`;
    case 'relative':
      return `at most ${Number((bar.tolerance * 100).toFixed(4))}% ${worse} than`;
    case 'absolute':
      return `at most ${bar.tolerance} ${worse} than`;
    case undefined:
      return 'by an unknown rule against';
  }
}

function ruleRow(rule: GateRule): string[] {
  const { metric, champion, challenger, difference, interval, passed } = rule;
  const ends = interval?.map((end) => formatMetric(metric, end, 'signed')).join(', ');
  const containsZero = interval !== null && interval[0] <= 0 && interval[1] >= 0;
  return [
    heading(metric),
    formatMetric(metric, champion),
    formatMetric(metric, challenger),
    `${containsZero ? '≈ ' : ''}${formatMetric(metric, difference, 'signed')}${ends === undefined ? '' : ` [${ends}]`}`,
    escapeMarkdown(ruleText(rule), 200),
    passed ? 'yes' : '**no**',
  ];
}

/** The ratings that both models were scored on, and how the intervals were computed. */
export function gateProtocol({ holdout, confidence, resamples, seed }: GateDecision): string {
  return `Scored on ${formatCount(holdout.ratings)} ratings by ${formatCount(holdout.users)} users from ${formatDay(holdout.from)} to ${formatDay(holdout.to)} that neither model was trained on. Intervals: ${formatPercent(confidence, 0)}, paired bootstrap over users, ${formatCount(resamples)} resamples, seed ${seed}.`;
}
