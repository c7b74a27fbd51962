import { METRICS } from '../../evaluate/metric-catalogue.ts';
import { escapeMarkdown } from '../../lib/escape.ts';
import { table } from '../../reports/markdown.ts';
import { formatMetric, labelWithDirection } from '../../reports/metric-text.ts';
import { formatPercent } from '../../reports/numbers.ts';
import type { MetricComparison, ModelCheck } from './model-check.ts';
import { segmentLabel } from './verdict.ts';

/** Base and head side by side; a difference whose interval contains zero is marked `≈`. */
export function metricTable(
  check: Pick<ModelCheck, 'confidence'>,
  comparisons: readonly MetricComparison[],
): string {
  return table(
    {
      header: ['Metric', 'Base', 'Head', `Difference [${formatPercent(check.confidence, 0)} CI]`, 'Gate'],
      rows: comparisons.map((comparison) => {
        const { metric, segment, base, head } = comparison;
        return [
          segment === 'all' ? labelWithDirection(metric) : `${METRICS[metric].label}${segmentLabel(segment)}`,
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
