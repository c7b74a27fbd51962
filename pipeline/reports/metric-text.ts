import type { Metric } from '../evaluate/metric.ts';
import { METRICS } from '../evaluate/metric-catalogue.ts';
import { lowerIsBetter, type MetricName } from '../evaluate/metric-names.ts';
import {
  formatBits,
  formatChange,
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

/** `RMSE, stars` */
export function labelWithUnit(name: MetricName): string {
  const { label, unit }: Metric = METRICS[name];
  return unit === undefined ? label : `${label}, ${unit}`;
}

/** `RMSE, stars (lower is better)` */
export function labelWithDirection(name: MetricName): string {
  return `${labelWithUnit(name)}${lowerIsBetter(name) ? ' (lower is better)' : ''}`;
}
