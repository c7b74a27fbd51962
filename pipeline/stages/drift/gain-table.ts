import { GAIN_METRICS, type GainMetric, type MetricGain } from '../../drift/gain.ts';
import { isWorthwhile, type RetrainingGain } from '../../drift/retraining.ts';
import { METRICS } from '../../evaluate/metric-catalogue.ts';
import { paragraphs, type TableText, table } from '../../reports/markdown.ts';
import { formatMetric } from '../../reports/metric-text.ts';
import { formatChange, formatPercent, NO_VALUE } from '../../reports/numbers.ts';
import type { GainReport } from './measure-gain.ts';

/** What the gains of a check are shown from. */
export type ShownGains = Pick<GainReport, 'measured' | 'gains' | 'realised' | 'minGain'>;

/**
 * What retraining gains, one row each: the challenger against the champion on the newest batch, what training now should
 * bring, and what the champion had brought on the first batch after it.
 */
export function gainRows({ measured, gains, realised, minGain }: ShownGains): TableText {
  const row = (what: string, metric: string, shown: RetrainingGainText): readonly string[] => [
    what,
    metric,
    shown.before,
    shown.after,
    shown.gain,
    formatPercent(minGain),
  ];
  const measuredRows = rowsOf(measured).map(([name, gain]) =>
    row('Measured: trained before the newest batch', METRICS[name].label, textOf(name, gain)),
  );
  const expectedRows = gains
    .filter(({ kind }) => kind === 'expected')
    .map((gain) =>
      row('Expected: trained now', gain.metric, { before: NO_VALUE, after: NO_VALUE, gain: gainCell(gain) }),
    );
  const realisedRows = rowsOf(realised).map(([name, gain]) =>
    row('Realised by the champion', METRICS[name].label, textOf(name, gain)),
  );
  return {
    header: ['Retraining', 'Metric', 'Older model', 'Newer model', 'Better by', 'Needs'],
    rows: [...measuredRows, ...expectedRows, ...realisedRows],
  };
}

interface RetrainingGainText {
  readonly before: string;
  readonly after: string;
  readonly gain: string;
}

const rowsOf = (gain: GainReport['measured']): readonly (readonly [name: GainMetric, gain: MetricGain])[] =>
  gain === null
    ? []
    : GAIN_METRICS.flatMap((name) => {
        const found = gain[name];
        return found === null ? [] : [[name, found] as const];
      });

const textOf = (name: GainMetric, gain: MetricGain): RetrainingGainText => ({
  before: formatMetric(name, gain.before),
  after: formatMetric(name, gain.after),
  gain: gainCell(gain),
});

/** A relative gain with its interval: `+2.1% [+1.6%, +2.7%]`. */
export function gainCell({ gain, interval }: Pick<RetrainingGain, 'gain' | 'interval'>): string {
  const range = interval === null ? '' : ` [${interval.map((end) => formatChange(end)).join(', ')}]`;
  return `${formatChange(gain)}${range}`;
}

/** The rows as Markdown; null when nothing could be measured. */
export function gainTable(gains: ShownGains): string | null {
  const text = gainRows(gains);
  return text.rows.length === 0 ? null : paragraphs(['**What retraining gains**', table(text, 'llrrrr')]);
}

/**
 * The gain in RMSE in the form of a signal, for JSON. Its verdict is `watch` when the gain is worth a training, never
 * `drift`: it starts a training and raises no alert.
 */
export function gainSignal({ measured, gains, minGain, unknown }: ShownGains & Pick<GainReport, 'unknown'>) {
  const rmse = measured?.rmse ?? null;
  const metric = METRICS.rmse.label;
  const shown = rmse ?? gains.find((gain) => gain.kind === 'expected' && gain.metric === metric) ?? null;
  const worthwhile = gains.some((gain) => isWorthwhile(gain, minGain));
  return {
    name: 'retraining_gain',
    window: 'newest',
    value: rmse?.after ?? null,
    reference: rmse?.before ?? null,
    effect: shown?.gain ?? null,
    interval: shown?.interval ?? null,
    threshold: minGain,
    verdict: shown === null ? 'insufficient' : worthwhile ? 'watch' : 'ok',
    pValue: null,
    note:
      shown === null
        ? `No gain is known: ${unknown}.`
        : rmse === null
          ? 'Expected of training now.'
          : 'Measured on the newest batch.',
  } as const;
}
