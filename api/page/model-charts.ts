import type { PipelineHistory } from '../../pipeline/history/pipeline-history.ts';
import { reignsOf } from '../../pipeline/history/reigns.ts';
import { timeStrip } from '../../pipeline/reports/charts/time-strip.ts';
import { versionChart } from '../../pipeline/reports/charts/version-chart.ts';
import { formatMetric, METRIC_LABELS } from '../../pipeline/reports/metric-text.ts';
import { formatInstant } from '../../pipeline/reports/numbers.ts';
import type { Chart } from './chart.ts';
import { TEXT } from './text.ts';

const { charts: WORDS, models: MODELS } = TEXT;

export type ChartMetric = (typeof METRIC_LABELS)[number][0];
export const METRIC_CHOICES = METRIC_LABELS.map(([name]) => name);

/** Versions in the chart. */
const SHOWN = 60;

/** One metric over versions. */
export function metricChartOf({ models }: Pick<PipelineHistory, 'models'>, metric: ChartMetric): Chart {
  const label = METRIC_LABELS.find(([name]) => name === metric)?.[1] ?? metric;
  const points = models.slice(-SHOWN).flatMap(({ version, status, manifest: { metrics } }) => {
    const value = metrics[metric] ?? null;
    return value === null
      ? []
      : [
          {
            version,
            status,
            value,
            text: `v${version}, ${TEXT.statuses[status]}: ${formatMetric(metric, value)}`,
            href: `/models?model=${version}`,
          },
        ];
  });
  const newest = points.at(-1);
  return {
    name: 'metric',
    title:
      newest === undefined
        ? WORDS.metricUnknown(label)
        : WORDS.metric(label, newest.version, formatMetric(metric, newest.value), points.length),
    drawing: versionChart(points, label, (value) => formatMetric(metric, value)),
    note: WORDS.metricNote,
    columns: [
      { name: 'version', label: MODELS.header[0] },
      { name: 'status', label: MODELS.header[1] },
      { name: 'value', label, format: (value) => formatMetric(metric, value) },
    ],
    rows: points.map(({ version, status, value }) => [`v${version}`, TEXT.statuses[status], value]),
  };
}

/** Who was champion when. */
export function reignChartOf(history: PipelineHistory): Chart {
  const reigns = reignsOf(history).slice(-SHOWN);
  const day = (iso: string): string => formatInstant(new Date(iso));
  const now = reigns.at(-1);
  return {
    name: 'champions',
    title: now === undefined ? WORDS.reignsUnknown : WORDS.reigns(now.version, reigns.length),
    drawing: timeStrip(
      reigns.map(({ version, from, until }) => ({
        label: `v${version}`,
        from: Date.parse(from),
        until: Date.parse(until ?? history.at),
        text: `v${version}: ${day(from)} – ${until === null ? MODELS.stillServes : day(until)}`,
        href: `/models?model=${version}`,
      })),
      MODELS.reigns,
    ),
    note: WORDS.reignsNote,
    columns: MODELS.reignHeader.map((label, at) => ({
      name: ['version', 'from', 'until'][at] ?? label,
      label,
    })),
    rows: reigns.map(({ version, from, until }) => [`v${version}`, from, until]),
  };
}
