import { hasAddedUp } from '../../../drift/evidence.ts';
import type { DriftEvidence } from '../../../drift/signal.ts';
import { mark } from '../../../reports/charts/marks.ts';
import { html, type Markup } from '../../../reports/html.ts';
import { formatCount } from '../../../reports/numbers.ts';
import { SIGNAL_LABELS } from '../../../reports/signal-numbers.ts';
import { evidenceText, type SignalWithEvidence } from '../evidence-history.ts';

const HEIGHT = 180;
const TOP = 22;
const BOTTOM = 142;

/**
 * The evidence of a signal from batch to batch as a line that grows towards its bar, on a logarithmic scale.
 *
 * @param points the fewest batches first.
 * @returns null with fewer than two points: there is no line to draw.
 */
export function evidenceLine({ name }: SignalWithEvidence, points: readonly DriftEvidence[]): Markup | null {
  const [oldest] = points;
  const newest = points.at(-1);
  if (oldest === undefined || newest === undefined || oldest === newest) return null;
  const height = ({ value }: Pick<DriftEvidence, 'value'>): number => Math.log10(Math.max(value, 1e-2));
  const bar = { value: newest.bar };
  const low = Math.min(0, ...points.map(height));
  const high = Math.max(...points.map(height), height(bar));
  const y = (one: Pick<DriftEvidence, 'value'>): number =>
    Math.round((BOTTOM - ((BOTTOM - TOP) * (height(one) - low)) / (high - low)) * 10) / 10;
  const x = (index: number): string => `${(3 + (94 * index) / (points.length - 1)).toFixed(2)}%`;
  const text = ({ batches, value }: DriftEvidence): string =>
    `${batches} ${batches === 1 ? 'batch' : 'batches'}: ${evidenceText(value)}`;
  const barText = `bar ${formatCount(Math.round(newest.bar))}`;
  return html`<svg role="img" aria-labelledby="evidence-title evidence-text" width="100%" height="${HEIGHT}">
<title id="evidence-title">Evidence of ${SIGNAL_LABELS[name]} over ${newest.batches} batches</title>
<desc id="evidence-text">${`From ${text(oldest)} to ${text(newest)}; ${barText}.`}</desc>
<line class="grid" x1="0" x2="100%" y1="${y({ value: 1 })}" y2="${y({ value: 1 })}"/>
<line class="bar" x1="0" x2="100%" y1="${y(bar)}" y2="${y(bar)}"/><text class="faint" x="0" y="${y(bar) - 5}">${barText}</text>
${points.slice(1).map((point, index) => html`<line class="path" x1="${x(index)}" x2="${x(index + 1)}" y1="${y(points[index] as DriftEvidence)}" y2="${y(point)}"/>`)}
${points.map((point, index) => html`<g class="${hasAddedUp(point) ? 'drift' : 'insufficient'}">${mark(hasAddedUp(point) ? 'drift' : 'watch', x(index), y(point), text(point))}</g>`)}
<text class="faint" x="0" y="${HEIGHT - 4}">${text(oldest)}</text>
<text class="faint" x="100%" y="${HEIGHT - 4}" text-anchor="end">${text(newest)}</text>
</svg>`;
}
