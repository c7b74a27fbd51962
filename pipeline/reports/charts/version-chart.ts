import { html, type Markup } from '../html.ts';
import { mark, stop } from './marks.ts';

/** A metric of one model. */
export interface VersionPoint {
  readonly version: number;
  readonly value: number;
  readonly status: keyof typeof MARKS;
  /** `v3, retired: 0.9058` */
  readonly text: string;
  readonly href: string;
}

/** The verdict whose shape and colour a status has. */
const MARKS = {
  champion: { shape: 'watch', tone: 'measured' },
  challenger: { shape: 'insufficient', tone: 'measured' },
  retired: { shape: 'insufficient', tone: 'insufficient' },
  refused: { shape: 'drift', tone: 'drift' },
} as const;

const HEIGHT = 220;
const TOP = 20;
const BOTTOM = 190;

/**
 * A metric from version to version: a dot for the champion, a diamond for a refused model, a ring for the others. Versions
 * are at equal distances.
 *
 * @param points oldest first.
 * @param format how a value is written at the axis.
 * @returns null with fewer than two.
 */
export function versionChart(
  points: readonly VersionPoint[],
  label: string,
  format: (value: number) => string,
): Markup | null {
  const [oldest] = points;
  const newest = points.at(-1);
  if (oldest === undefined || newest === undefined || points.length < 2) return null;
  const values = points.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const y = (value: number): number =>
    Math.round(
      10 * (high === low ? (TOP + BOTTOM) / 2 : BOTTOM - ((BOTTOM - TOP) * (value - low)) / (high - low)),
    ) / 10;
  const x = (index: number): string => `${(3 + (94 * index) / (points.length - 1)).toFixed(2)}%`;
  const grid = (value: number): Markup =>
    html`<line class="grid" x1="0" x2="100%" y1="${y(value)}" y2="${y(value)}"/><text class="faint" x="0" y="${y(value) - 4}">${format(value)}</text>`;
  return html`<svg role="group" aria-labelledby="versions-title versions-text" width="100%" height="${HEIGHT}">
<title id="versions-title">${label} of ${points.length} models</title>
<desc id="versions-text">${`From ${oldest.text} to ${newest.text}; lowest ${format(low)}, highest ${format(high)}.`}</desc>
${grid(high)}${high === low ? null : grid(low)}
${points.map(({ value, status, text, href }, index) => html`<g class="${MARKS[status].tone}">${stop(text, href, mark(MARKS[status].shape, x(index), y(value), null))}</g>`)}
<text class="faint" x="0" y="${HEIGHT - 4}">v${oldest.version}</text><text class="faint" x="100%" y="${HEIGHT - 4}" text-anchor="end">v${newest.version}</text>
</svg>`;
}
