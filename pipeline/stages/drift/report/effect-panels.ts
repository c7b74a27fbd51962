import type { SignalResult } from '../../../drift/signal.ts';
import { type SignalName, signalNamed } from '../../../drift/signals/list.ts';
import { html, type Markup } from '../../../reports/html.ts';
import {
  formatEffect,
  formatInterval,
  formatThreshold,
  SIGNAL_LABELS,
} from '../../../reports/signal-numbers.ts';
import { mark } from './marks.ts';

/** The signals of the check of one batch, when it was the newest. */
export interface BatchCheck {
  readonly checkedAt: Date;
  readonly modelVersion: number;
  readonly batchId: number;
  readonly signals: readonly SignalResult[];
}

/** One signal on one batch. */
export interface PanelPoint extends Pick<BatchCheck, 'batchId' | 'modelVersion'> {
  readonly signal: SignalResult;
}

const HEIGHT = 132;
const TOP = 10;
const BOTTOM = 108;
/** Larger effects and intervals are drawn at the edge, at this multiple of the threshold. */
const EDGE = 4;

/** A signal's results on the newest window of each check that measured it, oldest first. */
export function panelPoints(name: SignalName, checks: readonly BatchCheck[]): readonly PanelPoint[] {
  return checks.flatMap(({ batchId, modelVersion, signals }) => {
    const signal = signals.find((one) => one.name === name && one.window === 'newest');
    return signal === undefined || signal.effect === null ? [] : [{ batchId, modelVersion, signal }];
  });
}

/**
 * One signal's effect from batch to batch, with its interval and its threshold. The mark of a batch shows the verdict that
 * the signal had. Batches are at equal distances. A vertical line is where another model began to serve.
 *
 * @returns null with fewer than two batches: there is no change to see.
 */
export function effectPanel(points: readonly PanelPoint[]): Markup | null {
  const [oldest] = points;
  const newest = points.at(-1);
  if (oldest === undefined || newest === undefined || oldest === newest) return null;
  const { name, threshold } = newest.signal;
  const onlyGrowth = signalNamed(name).onlyGrowth;
  const bars = threshold === null ? [] : onlyGrowth ? [threshold] : [threshold, -threshold];
  const ends = points.flatMap(({ signal: { effect, interval } }) => [effect ?? 0, ...(interval ?? [])]);
  const edge = threshold === null ? Number.POSITIVE_INFINITY : EDGE * threshold;
  const low = Math.max(-edge, Math.min(0, ...ends, ...bars));
  const high = Math.min(edge, Math.max(0, ...ends, ...bars));
  const y = (effect: number): string => {
    const within = Math.min(high, Math.max(low, effect));
    return (high === low ? BOTTOM : BOTTOM - ((BOTTOM - TOP) * (within - low)) / (high - low)).toFixed(1);
  };
  const x = (index: number): string => `${(4 + (92 * index) / (points.length - 1)).toFixed(2)}%`;
  const id = `panel-${name.replaceAll('_', '-')}`;
  const text = ({ batchId, signal }: PanelPoint): string =>
    `batch ${batchId}: ${formatEffect(signal)}, ${signal.verdict}`;
  return html`<svg role="img" aria-labelledby="${id} ${id}-text" width="100%" height="${HEIGHT}">
<title id="${id}">${SIGNAL_LABELS[name]} over ${points.length} batches</title>
<desc id="${id}-text">${`From ${text(oldest)}, to ${text(newest)}${threshold === null ? '' : `; threshold ${formatThreshold({ name, threshold })}`}.`}</desc>
<line class="grid" x1="0" x2="100%" y1="${y(0)}" y2="${y(0)}"/>
${bars.map((bar) => html`<line class="bar" x1="0" x2="100%" y1="${y(bar)}" y2="${y(bar)}"/>`)}
${points.map(({ modelVersion }, index) => (index === 0 || points[index - 1]?.modelVersion === modelVersion ? null : html`<line class="change" x1="${x(index - 0.5)}" x2="${x(index - 0.5)}" y1="${TOP - 6}" y2="${BOTTOM}"><title>${`model v${modelVersion}`}</title></line>`))}
${points.map((point, index) => pointMarkup(point, x(index), y, text(point)))}
<text class="faint" x="0" y="${HEIGHT - 4}">batch ${oldest.batchId}</text><text class="faint" x="100%" y="${HEIGHT - 4}" text-anchor="end">batch ${newest.batchId}</text>
</svg>`;
}

function pointMarkup(
  { signal: { verdict, effect, interval } }: PanelPoint,
  x: string,
  y: (effect: number) => string,
  text: string,
): Markup {
  const whisker =
    interval === null
      ? null
      : html`<line class="whisker" x1="${x}" x2="${x}" y1="${y(interval[0])}" y2="${y(interval[1])}"/>`;
  return html`<g class="${verdict}">${whisker}${mark(verdict, x, Number(y(effect ?? 0)), text)}</g>`;
}

/** `+0.24★ [+0.17★, +0.31★]` */
export const effectText = (signal: SignalResult): string =>
  signal.interval === null ? formatEffect(signal) : `${formatEffect(signal)} ${formatInterval(signal)}`;
