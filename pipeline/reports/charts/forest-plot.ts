import type { SignalResult } from '../../drift/signal.ts';
import { html, type Markup } from '../html.ts';
import { formatEffect, formatThreshold, SIGNAL_LABELS } from '../signal-numbers.ts';
import { mark } from './marks.ts';

/** A signal that can be drawn: its effect in multiples of its threshold. */
interface Row {
  readonly signal: SignalResult;
  readonly multiple: number;
  readonly interval: readonly [number, number] | null;
}

const ROW = 46;
const TOP = 4;
const AXIS = 24;
/** Limits of the axis: larger effects are drawn at the edge. */
const AXIS_LIMITS = [-1.6, 3.5] as const;

/**
 * Every signal's effect and interval as multiples of its own threshold, so that different units can be compared.
 * Horizontal positions are percentages, so that text keeps its size on a phone.
 *
 * @returns null when no signal has both an effect and a threshold.
 */
export function forestPlot(signals: readonly SignalResult[]): Markup | null {
  const rows = signals.flatMap(rowOf);
  if (rows.length === 0) return null;
  const ends = rows.flatMap(({ multiple, interval }) => [multiple, ...(interval ?? [])]);
  const low = Math.max(AXIS_LIMITS[0], Math.min(-0.25, ...ends));
  const high = Math.min(AXIS_LIMITS[1], Math.max(1.25, ...ends));
  const place = (multiple: number): string => {
    const within = Math.min(high, Math.max(low, multiple));
    return `${(2 + (96 * (within - low)) / (high - low)).toFixed(2)}%`;
  };
  const width = (from: number, to: number): string =>
    `${(Number.parseFloat(place(to)) - Number.parseFloat(place(from))).toFixed(2)}%`;
  const bottom = TOP + rows.length * ROW;
  const inside = Math.max(-1, low);
  const bars = [-1, 0, 1].filter((bar) => bar >= low);
  return html`<svg role="img" aria-labelledby="forest-title forest-text" width="100%" height="${bottom + AXIS}">
<title id="forest-title">Effect of every signal as a multiple of its threshold</title>
<desc id="forest-text">${rows.map(({ signal, multiple }) => `${labelOf(signal)}: ${times(multiple)} its threshold, ${signal.verdict}.`).join(' ')}</desc>
<rect class="band" x="${place(inside)}" y="${TOP}" width="${width(inside, 1)}" height="${bottom - TOP}"/>
${rows.map((row, index) => rowMarkup(row, TOP + index * ROW, place, bars))}
${bars.map((bar) => html`<text class="faint" x="${place(bar)}" y="${bottom + 16}" text-anchor="middle">${bar === 0 ? '0' : `${bar < 0 ? '−' : ''}threshold`}</text>`)}
</svg>`;
}

function rowOf(signal: SignalResult): readonly Row[] {
  const { effect, threshold, interval } = signal;
  if (effect === null || threshold === null || threshold === 0) return [];
  const multiple = effect / threshold;
  return [
    {
      signal,
      multiple,
      interval: interval === null ? null : [interval[0] / threshold, interval[1] / threshold],
    },
  ];
}

function rowMarkup(
  { signal, multiple, interval }: Row,
  y: number,
  place: (multiple: number) => string,
  bars: readonly number[],
): Markup {
  const middle = y + 31;
  return html`<g class="${signal.verdict}">
${bars.map((bar) => html`<line class="${bar === 0 ? 'grid' : 'bar'}" x1="${place(bar)}" x2="${place(bar)}" y1="${y + 20}" y2="${y + ROW}"/>`)}
<line class="row" x1="0" x2="100%" y1="${y + ROW}" y2="${y + ROW}"/>
<text x="0" y="${y + 15}">${labelOf(signal)}</text><text class="value" x="100%" y="${y + 15}" text-anchor="end">${times(multiple)}</text>
${interval === null ? null : html`<line class="whisker" x1="${place(interval[0])}" x2="${place(interval[1])}" y1="${middle}" y2="${middle}"/>`}
${mark(signal.verdict, place(multiple), middle, `${labelOf(signal)}: ${formatEffect(signal)}, threshold ${formatThreshold(signal)}`)}
</g>`;
}

const labelOf = ({ name, window }: SignalResult): string => `${SIGNAL_LABELS[name]}, ${window}`;

/** `2.4 ×`, `−0.3 ×` */
function times(multiple: number): string {
  const text = Math.abs(multiple).toFixed(1);
  return `${multiple < 0 && text !== '0.0' ? '−' : ''}${text} ×`;
}
