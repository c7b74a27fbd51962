import { html, type Markup } from '../html.ts';
import { formatChange, formatPercent } from '../numbers.ts';
import { mark, stop } from './marks.ts';

/** A gain in RMSE on one batch. */
export interface GainPoint {
  readonly kind: keyof typeof GAIN_KINDS;
  readonly modelVersion: number;
  readonly batchId: number;
  readonly gain: number;
  readonly interval: readonly [number, number] | null;
}

/** What each kind of gain is, and the mark that it has. */
export const GAIN_KINDS = {
  measured: { label: 'retrained before this batch', mark: 'ok' },
  curve: { label: 'of the newest ratings', mark: 'insufficient' },
  realised: { label: 'realised by a training', mark: 'drift' },
} as const;

const HEIGHT = 196;
const TOP = 14;
const BOTTOM = 168;

/**
 * What retraining gained on each batch, with the smallest gain worth a training.
 *
 * @param options.stops whether each point can be reached with the keyboard.
 * @returns null with fewer than two batches.
 */
export function gainChart(
  points: readonly GainPoint[],
  minGain: number,
  { stops = false }: { readonly stops?: boolean } = {},
): Markup | null {
  const batches = [...new Set(points.map(({ batchId }) => batchId))];
  const [oldest] = batches;
  const newest = batches.at(-1);
  if (oldest === undefined || newest === undefined || oldest === newest) return null;
  const ends = points.flatMap(({ gain, interval }) => [gain, ...(interval ?? [])]);
  const low = Math.min(0, ...ends);
  const high = Math.max(minGain, ...ends);
  const y = (gain: number): string => (BOTTOM - ((BOTTOM - TOP) * (gain - low)) / (high - low)).toFixed(1);
  // Several gains on one batch stand side by side.
  const x = ({ kind, batchId }: GainPoint): string => {
    const beside = { measured: -1, curve: 0, realised: 1 }[kind] * Math.min(1, 30 / batches.length);
    return `${(4 + (92 * batches.indexOf(batchId)) / (batches.length - 1) + beside).toFixed(2)}%`;
  };
  const text = (point: GainPoint): string =>
    `batch ${point.batchId}, ${GAIN_KINDS[point.kind].label}: ${formatChange(point.gain)}`;
  return html`<svg role="${stops ? 'group' : 'img'}" aria-labelledby="gains-title gains-text" width="100%" height="${HEIGHT}">
<title id="gains-title">Gain of retraining in RMSE over ${batches.length} batches</title>
<desc id="gains-text">${`${points.map(text).join('; ')}; a gain of ${formatPercent(minGain)} is worth a training.`}</desc>
<line class="grid" x1="0" x2="100%" y1="${y(0)}" y2="${y(0)}"/>
<line class="bar" x1="0" x2="100%" y1="${y(minGain)}" y2="${y(minGain)}"/><text class="faint" x="0" y="${Number(y(minGain)) - 4}">worth a training: ${formatPercent(minGain)}</text>
${points.map((point) => {
  const at = x(point);
  const { interval } = point;
  const whisker =
    interval === null
      ? null
      : html`<line class="whisker" x1="${at}" x2="${at}" y1="${y(interval[0])}" y2="${y(interval[1])}"/>`;
  const name = text(point);
  const shape = html`${whisker}${mark(GAIN_KINDS[point.kind].mark, at, Number(y(point.gain)), stops ? null : name)}`;
  return html`<g class="${point.kind}">${stops ? stop(name, null, shape) : shape}</g>`;
})}
<text class="faint" x="0" y="${HEIGHT - 4}">batch ${oldest}</text><text class="faint" x="100%" y="${HEIGHT - 4}" text-anchor="end">batch ${newest}</text>
</svg>`;
}
