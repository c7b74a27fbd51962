import type { PastCheck, PipelineHistory } from '../../pipeline/history/pipeline-history.ts';
import { type BatchCheck, effectPanel, panelPoints } from '../../pipeline/reports/charts/effect-panels.ts';
import { forestPlot } from '../../pipeline/reports/charts/forest-plot.ts';
import { GAIN_KINDS, type GainPoint, gainChart } from '../../pipeline/reports/charts/gain-chart.ts';
import { genreShift } from '../../pipeline/reports/charts/genre-shift.ts';
import { histogram, levelShares } from '../../pipeline/reports/charts/histogram.ts';
import { formatChange, formatPercent, formatPoints } from '../../pipeline/reports/numbers.ts';
import {
  formatEffect,
  formatInterval,
  formatThreshold,
  SIGNAL_LABELS,
} from '../../pipeline/reports/signal-numbers.ts';
import { raisedSignals, strongestSignal } from '../../pipeline/reports/signal-order.ts';
import type { Chart } from './chart.ts';
import { TEXT } from './text.ts';

const { charts: WORDS } = TEXT;

export type ChartSignal = PastCheck['signals'][number]['name'];
export const SIGNAL_NAMES = Object.keys(SIGNAL_LABELS) as readonly ChartSignal[];

/** Batches in a chart over batches, and gains. */
const SHOWN = 60;
const GAINS = 40;

/** Which checks are looked at. */
export interface CheckRange {
  readonly verdict: PastCheck['verdict'] | null;
  /** Days, both included. */
  readonly from: string | null;
  readonly to: string | null;
}

export const checksWithin = (
  checks: readonly PastCheck[],
  { verdict, from, to }: CheckRange,
): readonly PastCheck[] =>
  checks.filter(
    (check) =>
      (verdict === null || check.verdict === verdict) &&
      (from === null || check.at.slice(0, 10) >= from) &&
      (to === null || check.at.slice(0, 10) <= to),
  );

/** The last check of each batch, oldest first, with its id. */
export function batchChecks(
  checks: readonly PastCheck[],
): readonly (BatchCheck & { readonly checkId: number })[] {
  return checks
    .filter(({ newestBatchId }, index) => checks[index + 1]?.newestBatchId !== newestBatchId)
    .slice(-SHOWN)
    .map(({ checkId, at, modelVersion, newestBatchId, signals }) => ({
      checkId,
      checkedAt: new Date(at),
      modelVersion,
      batchId: newestBatchId,
      signals,
    }));
}

/**
 * The signal that is shown when none was chosen: the one that the newest check raised most, else the one that was raised
 * most often, else the strongest of the newest check.
 */
export function defaultSignal(checks: readonly PastCheck[]): ChartSignal {
  const newest = { signals: checks.at(-1)?.signals ?? [] };
  const [raised] = raisedSignals(newest);
  if (raised !== undefined) return raised.name;
  const times = new Map<ChartSignal, number>();
  for (const { name } of checks.flatMap((check) => raisedSignals(check))) {
    times.set(name, (times.get(name) ?? 0) + 1);
  }
  const [most] = [...times].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? strongestSignal(newest)?.name ?? (SIGNAL_NAMES[0] as ChartSignal);
}

/** One signal over batches. */
export function effectChartOf(checks: readonly PastCheck[], signal: ChartSignal): Chart {
  const batches = batchChecks(checks);
  const points = panelPoints(signal, batches);
  const checkOf = new Map(batches.map(({ batchId, checkId }) => [batchId, checkId]));
  const raised = points.filter(({ signal: { verdict } }) => verdict === 'drift').length;
  const newest = points.at(-1)?.signal;
  return {
    name: 'effect',
    title:
      newest === undefined
        ? WORDS.effectUnknown(SIGNAL_LABELS[signal])
        : WORDS.effect(SIGNAL_LABELS[signal], raised, points.length, formatEffect(newest)),
    drawing: effectPanel(points, {
      alone: { href: ({ batchId }) => `/drift?check=${checkOf.get(batchId) ?? ''}` },
    }),
    note: WORDS.effectNote,
    columns: [
      { name: 'batch', label: WORDS.batch },
      { name: 'model', label: WORDS.model },
      { name: 'verdict', label: WORDS.verdict },
      {
        name: 'effect',
        label: WORDS.effectColumn,
        format: (effect) => formatEffect({ name: signal, effect }),
      },
      { name: 'low', label: WORDS.low, format: (effect) => formatEffect({ name: signal, effect }) },
      { name: 'high', label: WORDS.high, format: (effect) => formatEffect({ name: signal, effect }) },
      {
        name: 'threshold',
        label: WORDS.threshold,
        format: (threshold) => formatThreshold({ name: signal, threshold }),
      },
    ],
    rows: points.map(({ batchId, modelVersion, signal: { verdict, effect, interval, threshold } }) => [
      batchId,
      `v${modelVersion}`,
      verdict,
      effect,
      interval?.[0] ?? null,
      interval?.[1] ?? null,
      threshold,
    ]),
  };
}

/** `2.1% better` */
const betterBy = (gain: number): string =>
  `${formatPercent(Math.abs(gain))} ${gain < 0 ? 'worse' : 'better'}`;

/** What retraining gained on each batch. */
export function gainChartOf({ gains, facts: { minGain } }: Pick<PipelineHistory, 'gains' | 'facts'>): Chart {
  const points = gains
    .flatMap(({ kind, modelVersion, batchId, rmse }): readonly GainPoint[] =>
      rmse === null ? [] : [{ kind, modelVersion, batchId, gain: rmse.gain, interval: rmse.interval }],
    )
    .sort((a, b) => a.batchId - b.batchId)
    .slice(-GAINS);
  const realised = points.filter(({ kind }) => kind === 'realised');
  const last = realised.at(-1);
  return {
    name: 'gain',
    title:
      last === undefined
        ? WORDS.gainUnknown
        : WORDS.gain(last.modelVersion, betterBy(last.gain), realised.length),
    drawing: gainChart(points, minGain, { stops: true }),
    note: WORDS.gainNote(formatPercent(minGain)),
    columns: [
      { name: 'batch', label: WORDS.batch },
      { name: 'model', label: WORDS.model },
      { name: 'kind', label: WORDS.gainKind },
      { name: 'gain', label: WORDS.gainColumn, format: (gain) => formatChange(gain) },
      { name: 'low', label: WORDS.low, format: (gain) => formatChange(gain) },
      { name: 'high', label: WORDS.high, format: (gain) => formatChange(gain) },
    ],
    rows: points.map(({ batchId, modelVersion, kind, gain, interval }) => [
      batchId,
      `v${modelVersion}`,
      GAIN_KINDS[kind].label,
      gain,
      interval?.[0] ?? null,
      interval?.[1] ?? null,
    ]),
  };
}

/** Every signal of one check, as a multiple of its threshold. */
export function forestChartOf(check: PastCheck): Chart {
  const newest = check.signals.filter(({ window }) => window === 'newest');
  const signals = newest.length > 0 ? newest : check.signals;
  const raised = raisedSignals({ signals });
  return {
    name: 'signals',
    title: WORDS.signals(raised.length, signals.length, raised[0] && SIGNAL_LABELS[raised[0].name]),
    drawing: forestPlot([...raised, ...signals.filter((signal) => !raised.includes(signal))]),
    note: WORDS.signalsNote,
    columns: [
      { name: 'signal', label: WORDS.signal },
      { name: 'window', label: WORDS.window },
      { name: 'verdict', label: WORDS.verdict },
      { name: 'effect', label: WORDS.effectColumn },
      { name: 'interval', label: WORDS.interval },
      { name: 'threshold', label: WORDS.threshold },
    ],
    rows: check.signals
      .map((signal) => [
        SIGNAL_LABELS[signal.name],
        signal.window,
        signal.verdict,
        formatEffect(signal),
        formatInterval(signal),
        formatThreshold(signal),
      ])
      .toReversed(),
  };
}

/** How the ratings are distributed, before and now. */
export function levelsChartOf({ windows, reference }: PastCheck, id = 'levels'): Chart {
  const newest = windows.find(({ name }) => name === 'newest') ?? windows[0];
  const shares = (newest && levelShares(reference, newest)) ?? [];
  const most = shares.toSorted((a, b) => Math.abs(b.now - b.before) - Math.abs(a.now - a.before))[0];
  const share = (value: number | null): string => formatPercent(value);
  return {
    name: 'levels',
    id,
    title:
      most === undefined
        ? WORDS.levelsUnknown
        : WORDS.levels(most.label, share(most.before), share(most.now)),
    drawing: shares.length === 0 ? null : histogram(shares, WORDS.sides, `${id}-drawing`),
    note: WORDS.sidesNote,
    columns: [
      { name: 'rating', label: WORDS.rating },
      { name: 'before', label: WORDS.sides[0], format: share },
      { name: 'now', label: WORDS.sides[1], format: share },
    ],
    rows: shares.map(({ label, before, now }) => [label, before, now]),
  };
}

/** The genres whose shares changed most, before and now. */
export function genresChartOf({ contributors }: PastCheck, id = 'genres'): Chart {
  const genres = contributors.filter(({ kind }) => kind === 'genre');
  const [most] = genres;
  const share = (value: number | null): string => formatPercent(value);
  return {
    name: 'genres',
    id,
    title:
      most === undefined
        ? WORDS.genresUnknown
        : WORDS.genres(most.label, formatPoints(most.windowShare - most.referenceShare)),
    drawing: genreShift(
      genres.map(({ label, referenceShare, windowShare }) => ({
        label,
        before: referenceShare,
        now: windowShare,
      })),
      `${id}-drawing`,
    ),
    note: WORDS.genresNote,
    columns: [
      { name: 'genre', label: WORDS.genre },
      { name: 'before', label: WORDS.sides[0], format: share },
      { name: 'now', label: WORDS.sides[1], format: share },
      { name: 'change', label: WORDS.change, format: formatPoints },
    ],
    rows: genres
      .map(({ label, referenceShare, windowShare }) => [
        label,
        referenceShare,
        windowShare,
        windowShare - referenceShare,
      ])
      .toReversed(),
  };
}
