import { marginOf, type SegmentMetrics } from '../evaluate/evaluation.ts';
import type { Metric } from '../evaluate/metric.ts';
import { METRICS } from '../evaluate/metric-catalogue.ts';
import { LIST_METRICS, lowerIsBetter, METRIC_NAMES, type MetricName } from '../evaluate/metric-names.ts';
import {
  formatBits,
  formatChange,
  formatCount,
  formatNumber,
  formatPercent,
  formatPoints,
  formatStars,
} from './numbers.ts';

type Format = (value: number | null, sign?: 'signed') => string;

const FORMATS: Readonly<Record<Metric['format'], Format>> = {
  number: formatNumber,
  share: (value, sign) => (sign === 'signed' ? formatPoints(value) : formatPercent(value)),
  bits: formatBits,
  change: (value) => formatChange(value),
  stars: formatStars,
};

/** A metric as `0.8710`, a difference of two as `+0.0042`; a share as `31.0%` and `+2.0 pt`. */
export function formatMetric(name: MetricName, value: number | null, sign?: 'signed'): string {
  return FORMATS[METRICS[name].format](value, sign);
}

/**
 * A metric of an evaluation. When only a sample of the users was ranked, a ranking metric has its 95% interval:
 * `0.3310 (0.3250 to 0.3370)`.
 */
export function formatMeasured(name: MetricName, metrics: Readonly<Partial<SegmentMetrics>>): string {
  const text = formatMetric(name, metrics[name] ?? null);
  const ends = endsOf(name, metrics);
  return ends === null ? text : `${text} (${ends})`;
}

/**
 * Says that ranking metrics are of a sample: `NDCG@10 0.3310 (0.3250 to 0.3370, 5,000 of 138,000 users)`. Null when every
 * user was ranked.
 */
export function sampleText(metrics: Readonly<Partial<SegmentMetrics>>): string | null {
  const { rankable = null, rankedUsers = 0 } = metrics;
  if (rankable === null) return null;
  const users = `${formatCount(rankedUsers)} of ${formatCount(rankable)} users`;
  const ends = endsOf('ndcgAt10', metrics);
  return `${METRICS.ndcgAt10.label} ${formatMetric('ndcgAt10', metrics.ndcgAt10 ?? null)} (${ends === null ? '' : `${ends}, `}${users})`;
}

/** The ends of the interval of a ranking metric over a sample; null for any other. */
function endsOf(name: MetricName, metrics: Readonly<Partial<SegmentMetrics>>): string | null {
  const ranked = LIST_METRICS.find((each) => each === name);
  const margin = ranked === undefined ? null : (metrics[marginOf(ranked)] ?? null);
  const value = metrics[name] ?? null;
  if (margin === null || value === null) return null;
  return `${formatMetric(name, Math.max(0, value - margin))} to ${formatMetric(name, Math.min(1, value + margin))}`;
}

/** `RMSE, stars` */
export function labelWithUnit(name: MetricName): string {
  const { label, unit }: Metric = METRICS[name];
  return unit === undefined ? label : `${label}, ${unit}`;
}

/** `RMSE, stars (lower is better)` */
export function labelWithDirection(name: MetricName): string {
  return `${labelWithUnit(name)}${lowerIsBetter(name) ? ' (lower is better)' : ''}`;
}

/** Every metric with its name and its label, in the order of tables. */
export const METRIC_LABELS: readonly (readonly [name: MetricName, label: string])[] = METRIC_NAMES.map(
  (name) => [name, METRICS[name].label],
);
