import { escapeMarkdown } from '../../lib/escape.ts';
import { table } from '../../reports/markdown.ts';
import { formatMetric, formatPercent, METRIC_LABELS } from '../../reports/numbers.ts';
import type { MetricComparison, ModelCheck } from './compare-scores.ts';
import { segmentLabel } from './verdict.ts';

const UNITS = { rmse: ', stars (lower is better)', mae: ', stars (lower is better)' } as const;

/** Base and head side by side; a difference whose interval holds zero is marked `≈`. */
export function metricTable(
  check: Pick<ModelCheck, 'confidence'>,
  comparisons: readonly MetricComparison[],
): string {
  return table(
    {
      header: ['Metric', 'Base', 'Head', `Difference [${formatPercent(check.confidence, 0)} CI]`, 'Gate'],
      rows: comparisons.map((comparison) => {
        const { metric, segment, base, head } = comparison;
        const unit = segment === 'all' && metric in UNITS ? UNITS[metric as keyof typeof UNITS] : '';
        return [
          `${METRIC_LABELS[metric]}${segmentLabel(segment)}${unit}`,
          formatMetric(metric, base),
          formatMetric(metric, head),
          differenceText(comparison),
          gateText(comparison),
        ];
      }),
    },
    'lrrrl',
  );
}

function differenceText({ metric, difference, interval, meaning }: MetricComparison): string {
  const ends = interval?.map((end) => formatMetric(metric, end, 'signed')).join(', ');
  const mark = meaning === 'same' ? '≈ ' : '';
  return `${mark}${formatMetric(metric, difference, 'signed')}${ends === undefined ? '' : ` [${ends}]`}`;
}

function gateText({ rule, passed, meaning }: MetricComparison): string {
  if (rule === null || passed === null) {
    return meaning === 'worse'
      ? 'reported: **worse**'
      : meaning === 'better'
        ? 'reported: better'
        : 'reported';
  }
  return `${passed ? 'yes' : '**no**'}: ${escapeMarkdown(rule, 200)}`;
}
