import type { Verdict } from '../../drift/signal.ts';
import { METRICS } from '../../evaluate/metric-catalogue.ts';
import { BRIEF_METRICS, type BriefMetric } from '../../evaluate/metric-names.ts';
import type { TableText } from '../../reports/markdown.ts';
import { formatMetric } from '../../reports/metric-text.ts';
import { formatChange, formatCount, formatNumber } from '../../reports/numbers.ts';

/** The results of one week of the pipeline. */
export interface Week {
  readonly week: number;
  readonly batchRatings: number;
  readonly bufferRatings: number;
  /** Two-sample Kolmogorov–Smirnov distance of the newest batch, 0 to 1. */
  readonly ks: number | null;
  /** Relative change of the mean rating. */
  readonly meanChange: number | null;
  /** Relative change of the standard deviation. */
  readonly stdChange: number | null;
  readonly verdict: Verdict;
  readonly decision: string;
}

/** One model of the comparison. */
export interface ModelLine extends Readonly<Record<BriefMetric, number | null>> {
  readonly version: number;
  readonly role: string;
  readonly trainingRatings: number;
}

/** The weeks as a table, one row each. */
export function weekRows(weeks: readonly Week[]): TableText {
  return {
    header: ['Week', 'Batch', 'Buffer', 'KS', 'Mean change', 'SD change', 'Verdict', 'Decision'],
    rows: weeks.map((week) => [
      formatCount(week.week),
      formatCount(week.batchRatings),
      formatCount(week.bufferRatings),
      formatNumber(week.ks),
      formatChange(week.meanChange),
      formatChange(week.stdChange),
      week.verdict,
      week.decision,
    ]),
  };
}

/**
 * The models side by side, one row a metric. With two or more models the last column is the relative change from
 * the first to the last.
 */
export function modelTable(models: readonly ModelLine[]): TableText {
  const first = models[0];
  const last = models.at(-1);
  const compared = first !== undefined && last !== undefined && first !== last;
  const row = (
    label: string,
    pick: (model: ModelLine) => number | null,
    format: (value: number | null) => string,
  ): readonly string[] => [
    label,
    ...models.map((model) => format(pick(model))),
    ...(compared ? [formatChange(relativeChange(pick(first), pick(last)))] : []),
  ];
  return {
    header: [
      'Metric',
      ...models.map(({ version, role }) => `v${version} (${role})`),
      ...(compared ? ['Change'] : []),
    ],
    rows: [
      ...BRIEF_METRICS.map((name) =>
        row(
          METRICS[name].label,
          (model) => model[name],
          (value) => formatMetric(name, value),
        ),
      ),
      row('Training ratings', ({ trainingRatings }) => trainingRatings, formatCount),
    ],
  };
}

/** Null where either is unknown or `before` is zero. */
function relativeChange(before: number | null, after: number | null): number | null {
  return before === null || after === null || before === 0 ? null : (after - before) / before;
}
