import type { SampleSize } from '../../drift/signal.ts';
import { html, type Markup } from '../html.ts';
import { formatPercent } from '../numbers.ts';

const HEIGHT = 200;
const TOP = 14;
const BOTTOM = 172;

/** The share of each rating level in two sets of ratings. */
export interface LevelShares {
  /** `0.5★` to `5★`. */
  readonly label: string;
  readonly before: number;
  readonly now: number;
}

/** The shares of 0.5 to 5★; null where a check of an earlier release has no counts. */
export function levelShares(reference: SampleSize, window: SampleSize): readonly LevelShares[] | null {
  const { levels: before } = reference;
  const { levels: now } = window;
  if (before === undefined || now === undefined || reference.ratings === 0 || window.ratings === 0)
    return null;
  return before.map((count, level) => ({
    label: `${(level + 1) / 2}★`,
    before: count / reference.ratings,
    now: (now[level] ?? 0) / window.ratings,
  }));
}

/**
 * The rating levels as pairs of bars: before on the left, now on the right.
 *
 * @param id distinguishes it from the other drawings of the page.
 */
export function histogram(
  shares: readonly LevelShares[],
  names: readonly [string, string],
  id = 'levels',
): Markup {
  const top = Math.max(...shares.flatMap(({ before, now }) => [before, now]));
  const step = 100 / shares.length;
  const bar = (side: 'before' | 'now', level: number, share: number, label: string): Markup => {
    const height = ((BOTTOM - TOP) * share) / top;
    const x = level * step + step * (side === 'before' ? 0.12 : 0.5);
    const name = side === 'before' ? names[0] : names[1];
    return html`<rect class="${side}" x="${x.toFixed(2)}%" y="${(BOTTOM - height).toFixed(1)}" width="${(step * 0.38).toFixed(2)}%" height="${height.toFixed(1)}"><title>${`${label}, ${name}: ${formatPercent(share)}`}</title></rect>`;
  };
  return html`<svg role="img" aria-labelledby="${id}-title ${id}-text" width="100%" height="${HEIGHT}">
<title id="${id}-title">Share of each rating level</title>
<desc id="${id}-text">${`${shares.map(({ label, before, now }) => `${label}: ${formatPercent(before)} before, ${formatPercent(now)} now`).join('; ')}.`}</desc>
<line class="grid" x1="0" x2="100%" y1="${TOP}" y2="${TOP}"/><text class="faint" x="0" y="${TOP - 4}">${formatPercent(top)}</text>
<line class="grid" x1="0" x2="100%" y1="${BOTTOM}" y2="${BOTTOM}"/>
${shares.map(
  (
    { label, before, now },
    level,
  ) => html`${bar('before', level, before, label)}${bar('now', level, now, label)}
<text class="faint" x="${((level + 0.5) * step).toFixed(2)}%" y="${BOTTOM + 16}" text-anchor="middle">${label}</text>`,
)}
</svg>`;
}
