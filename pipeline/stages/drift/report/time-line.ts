import type { SignalResult } from '../../../drift/signal.ts';
import { effectSize, type SignalName, signalNamed } from '../../../drift/signals/list.ts';
import { html, type Markup } from '../../../reports/html.ts';
import { formatInstant } from '../../../reports/numbers.ts';
import { formatEffect, formatThreshold, SIGNAL_LABELS } from '../../../reports/signal-numbers.ts';
import type { EffectPoint } from '../effect-chart.ts';
import { mark } from './marks.ts';

const HEIGHT = 212;
const TOP = 18;
const BOTTOM = 172;

/**
 * One signal's effect from check to check with its threshold. Checks are drawn at equal distances, whatever their
 * times.
 *
 * @returns null with fewer than two checks: there is no line to draw.
 */
export function timeLine(
  { name, threshold, verdict }: Pick<SignalResult, 'name' | 'threshold' | 'verdict'>,
  points: readonly EffectPoint[],
): Markup | null {
  const [oldest] = points;
  const newest = points.at(-1);
  if (oldest === undefined || newest === undefined || oldest === newest) return null;
  const effects = points.map(({ effect }) => effect);
  const canFall = !signalNamed(name).onlyGrowth && effects.some((effect) => effect < 0);
  const bars = threshold === null ? [] : canFall ? [threshold, -threshold] : [threshold];
  const low = Math.min(0, ...effects, ...bars);
  const high = Math.max(0, ...effects, ...bars);
  const y = (effect: number): number =>
    Math.round((high === low ? BOTTOM : BOTTOM - ((BOTTOM - TOP) * (effect - low)) / (high - low)) * 10) / 10;
  const x = (index: number): string => `${(3 + (94 * index) / (points.length - 1)).toFixed(2)}%`;
  const text = (point: EffectPoint): string =>
    `${formatInstant(point.checkedAt)}: ${formatEffect({ name, effect: point.effect })}`;
  return html`<svg role="img" aria-labelledby="time-title time-text" width="100%" height="${HEIGHT}">
<title id="time-title">${SIGNAL_LABELS[name]} over ${points.length} checks</title>
<desc id="time-text">${`From ${text(oldest)} to ${text(newest)}${threshold === null ? '' : `; threshold ${formatThreshold({ name, threshold })}`}.`}</desc>
<line class="grid" x1="0" x2="100%" y1="${y(0)}" y2="${y(0)}"/>
${bars.map((bar) => html`<line class="bar" x1="0" x2="100%" y1="${y(bar)}" y2="${y(bar)}"/><text class="faint" x="0" y="${bar > 0 ? y(bar) - 5 : y(bar) + 14}">${bar > 0 ? 'threshold' : '−threshold'} ${formatThreshold({ name, threshold })}</text>`)}
${points.slice(1).map((point, index) => html`<line class="path" x1="${x(index)}" x2="${x(index + 1)}" y1="${y(points[index]?.effect ?? 0)}" y2="${y(point.effect)}"/>`)}
${points.map((point, index) => html`<g class="${point === newest ? verdict : isBeyond(name, point.effect, threshold) ? 'drift' : 'insufficient'}">${mark(point === newest ? verdict : 'watch', x(index), y(point.effect), text(point))}</g>`)}
<text class="faint" x="0" y="${HEIGHT - 2}">${oldest.checkedAt.toISOString().slice(0, 10)}</text>
<text class="faint" x="100%" y="${HEIGHT - 2}" text-anchor="end">${newest.checkedAt.toISOString().slice(0, 10)}</text>
</svg>`;
}

/** Whether an effect lies beyond its threshold on a side that counts. */
const isBeyond = (name: SignalName, effect: number, threshold: number | null): boolean =>
  threshold !== null && effectSize(name, effect) > threshold;
