import { oneLine } from '../../lib/escape.ts';
import { html, type Markup } from '../html.ts';
import { formatPercent } from '../numbers.ts';

const ROW = 40;
const TOP = 4;

/** A part of the ratings with its share before and now, 0 to 1. The label may be untrusted. */
export interface ShareShift {
  readonly label: string;
  readonly before: number;
  readonly now: number;
}

/** The shares of some parts as pairs of bars, before above now. @returns null without any. */
export function genreShift(shifts: readonly ShareShift[], id: string): Markup | null {
  const top = Math.max(0, ...shifts.flatMap(({ before, now }) => [before, now]));
  if (top === 0) return null;
  const bar = (side: 'before' | 'now', share: number, y: number): Markup =>
    html`<rect class="${side}" x="0" y="${y}" width="${((100 * share) / top).toFixed(2)}%" height="7"/>`;
  const text = ({ label, before, now }: ShareShift): string =>
    `${oneLine(label, 60)}: ${formatPercent(before)} before, ${formatPercent(now)} now`;
  return html`<svg role="img" aria-labelledby="${id}-title ${id}-text" width="100%" height="${TOP + shifts.length * ROW}">
<title id="${id}-title">Shares before and now</title>
<desc id="${id}-text">${`${shifts.map(text).join('; ')}.`}</desc>
${shifts.map((shift, index) => {
  const y = TOP + index * ROW;
  return html`<g><title>${text(shift)}</title><text x="0" y="${y + 14}">${oneLine(shift.label, 40)}</text><text class="faint" x="100%" y="${y + 14}" text-anchor="end">${formatPercent(shift.before)} → ${formatPercent(shift.now)}</text>
${bar('before', shift.before, y + 19)}${bar('now', shift.now, y + 28)}</g>`;
})}
</svg>`;
}
