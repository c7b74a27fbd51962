import type { SignalResult } from '../../drift/signal.ts';
import { type SignalName, signalNamed } from '../../drift/signals/list.ts';
import { html, type Markup } from '../html.ts';
import { formatEffect, formatInterval, formatThreshold, SIGNAL_LABELS } from '../signal-numbers.ts';
import { mark, stop } from './marks.ts';

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

/** Of a panel among others, and of one alone. */
const HEIGHTS = { panel: 132, alone: 240 } as const;
const TOP = 10;
/** Below the drawing, for the names of batches. */
const FOOT = 24;
/** Larger effects and intervals are drawn at the edge, at this multiple of the threshold. */
const EDGE = 4;

/** A signal's results on the newest window of each check that measured it, oldest first. */
export function panelPoints(name: SignalName, checks: readonly BatchCheck[]): readonly PanelPoint[] {
  return checks.flatMap(({ batchId, modelVersion, signals }) => {
    const signal = signals.find((one) => one.name === name && one.window === 'newest');
    return signal === undefined || signal.effect === null ? [] : [{ batchId, modelVersion, signal }];
  });
}

interface PanelOptions {
  /** Alone it is higher, its threshold has a name, and each point leads to the check of its batch. */
  readonly alone?: { readonly href: (point: PanelPoint) => string };
}

/**
 * One signal's effect from batch to batch, with its interval and its threshold. The mark of a batch shows the verdict that
 * the signal had. Batches are at equal distances. A vertical line is where another model began to serve.
 *
 * @returns null with fewer than two batches: there is no change to see.
 */
export function effectPanel(points: readonly PanelPoint[], { alone }: PanelOptions = {}): Markup | null {
  const [oldest] = points;
  const newest = points.at(-1);
  if (oldest === undefined || newest === undefined || oldest === newest) return null;
  const { name, threshold } = newest.signal;
  const height = alone === undefined ? HEIGHTS.panel : HEIGHTS.alone;
  const bottom = height - FOOT;
  const onlyGrowth = signalNamed(name).onlyGrowth;
  const bars = threshold === null ? [] : onlyGrowth ? [threshold] : [threshold, -threshold];
  const ends = points.flatMap(({ signal: { effect, interval } }) => [effect ?? 0, ...(interval ?? [])]);
  const edge = threshold === null ? Number.POSITIVE_INFINITY : EDGE * threshold;
  const low = Math.max(-edge, Math.min(0, ...ends, ...bars));
  const high = Math.min(edge, Math.max(0, ...ends, ...bars));
  const y = (effect: number): string => {
    const within = Math.min(high, Math.max(low, effect));
    return (high === low ? bottom : bottom - ((bottom - TOP) * (within - low)) / (high - low)).toFixed(1);
  };
  const x = (index: number): string => `${(4 + (92 * index) / (points.length - 1)).toFixed(2)}%`;
  const id = `${alone === undefined ? 'panel' : 'effect'}-${name.replaceAll('_', '-')}`;
  const text = ({ batchId, signal }: PanelPoint): string =>
    `batch ${batchId}: ${formatEffect(signal)}, ${signal.verdict}`;
  return html`<svg role="${alone === undefined ? 'img' : 'group'}" aria-labelledby="${id} ${id}-text" width="100%" height="${height}">
<title id="${id}">${SIGNAL_LABELS[name]} over ${points.length} batches</title>
<desc id="${id}-text">${`From ${text(oldest)}, to ${text(newest)}${threshold === null ? '' : `; threshold ${formatThreshold({ name, threshold })}`}.`}</desc>
<line class="grid" x1="0" x2="100%" y1="${y(0)}" y2="${y(0)}"/>
${bars.map((bar) => html`<line class="bar" x1="0" x2="100%" y1="${y(bar)}" y2="${y(bar)}"/>${alone === undefined ? null : html`<text class="faint" x="0" y="${Number(y(bar)) - 4}">${`${bar < 0 ? '−' : ''}threshold ${formatThreshold({ name, threshold })}`}</text>`}`)}
${points.map(({ modelVersion }, index) => (index === 0 || points[index - 1]?.modelVersion === modelVersion ? null : html`<line class="change" x1="${x(index - 0.5)}" x2="${x(index - 0.5)}" y1="${TOP - 6}" y2="${bottom}"><title>${`model v${modelVersion}`}</title></line>`))}
${points.map((point, index) => pointMarkup(point, x(index), y, text(point), alone?.href(point) ?? null))}
<text class="faint" x="0" y="${height - 4}">batch ${oldest.batchId}</text><text class="faint" x="100%" y="${height - 4}" text-anchor="end">batch ${newest.batchId}</text>
</svg>`;
}

function pointMarkup(
  { signal: { verdict, effect, interval } }: PanelPoint,
  x: string,
  y: (effect: number) => string,
  text: string,
  href: string | null,
): Markup {
  const whisker =
    interval === null
      ? null
      : html`<line class="whisker" x1="${x}" x2="${x}" y1="${y(interval[0])}" y2="${y(interval[1])}"/>`;
  const place = Number(y(effect ?? 0));
  if (href === null) return html`<g class="${verdict}">${whisker}${mark(verdict, x, place, text)}</g>`;
  return html`<g class="${verdict}">${stop(text, href, html`${whisker}${mark(verdict, x, place, null)}`)}</g>`;
}

/** `+0.24★ [+0.17★, +0.31★]` */
export const effectText = (signal: SignalResult): string =>
  signal.interval === null ? formatEffect(signal) : `${formatEffect(signal)} ${formatInterval(signal)}`;

/**
 * One signal's effect from batch to batch as a line without marks, for a look at many signals. The last batch has its
 * mark.
 *
 * @returns null with fewer than two batches.
 */
export function effectSpark(points: readonly PanelPoint[]): Markup | null {
  const newest = points.at(-1);
  if (newest === undefined || points.length < 2) return null;
  const { name, threshold, verdict } = newest.signal;
  const effects = points.map(({ signal: { effect } }) => effect ?? 0);
  const bars = threshold === null ? [] : signalNamed(name).onlyGrowth ? [threshold] : [threshold, -threshold];
  const edge = threshold === null ? Number.POSITIVE_INFINITY : EDGE * threshold;
  const low = Math.max(-edge, Math.min(0, ...effects, ...bars));
  const high = Math.min(edge, Math.max(0, ...effects, ...bars));
  const y = (effect: number): string => {
    const within = Math.min(high, Math.max(low, effect));
    return (high === low ? 44 : 44 - (40 * (within - low)) / (high - low)).toFixed(1);
  };
  const line = effects
    .map((effect, index) => `${((192 * index) / (points.length - 1)).toFixed(0)} ${y(effect)}`)
    .join(' ');
  return html`<svg class="spark" viewBox="0 0 200 48" width="100%" aria-hidden="true">
<line class="grid" x1="0" x2="192" y1="${y(0)}" y2="${y(0)}"/>
${bars.map((bar) => html`<line class="bar" x1="0" x2="192" y1="${y(bar)}" y2="${y(bar)}"/>`)}
<polyline class="path" points="${line}"/><g class="${verdict}">${mark(verdict, '192', Number(y(effects.at(-1) ?? 0)), null)}</g>
</svg>`;
}
