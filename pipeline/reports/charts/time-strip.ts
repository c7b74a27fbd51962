import { html, type Markup } from '../html.ts';
import { stop } from './marks.ts';

/** A span of time, in milliseconds since 1970. */
export interface StripSpan {
  /** Short, and drawn where it has room: `v3`. */
  readonly label: string;
  readonly from: number;
  readonly until: number;
  /** `v3: 2026-03-01 to 2026-03-09` */
  readonly text: string;
  readonly href: string;
}

const HEIGHT = 76;
const TOP = 6;
const BAR = 36;
/** A label needs this share of the width for each of its characters. */
const LETTER = 0.018;

/** Spans of time beside each other, in two colours by turns. @returns null without any time. */
export function timeStrip(spans: readonly StripSpan[], title: string): Markup | null {
  const from = spans[0]?.from ?? 0;
  const until = spans.at(-1)?.until ?? 0;
  if (until <= from) return null;
  const place = (at: number): number => (at - from) / (until - from);
  const percent = (share: number): string => `${(100 * share).toFixed(2)}%`;
  const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
  return html`<svg role="group" aria-labelledby="strip-title" width="100%" height="${HEIGHT}">
<title id="strip-title">${title}</title>
${spans.map(({ label, from: begin, until: end, text, href }, index) => {
  const width = place(end) - place(begin);
  const name =
    width > LETTER * (label.length + 1)
      ? html`<text class="on-bar" x="${percent(place(begin) + width / 2)}" y="${TOP + BAR / 2 + 5}" text-anchor="middle">${label}</text>`
      : null;
  return stop(
    text,
    href,
    html`<rect class="${index % 2 === 0 ? 'span-even' : 'span-odd'}" x="${percent(place(begin))}" y="${TOP}" width="${percent(Math.max(width, 0.002))}" height="${BAR}"/>${name}`,
  );
})}
<text class="faint" x="0" y="${HEIGHT - 14}">${day(from)}</text><text class="faint" x="100%" y="${HEIGHT - 14}" text-anchor="end">${day(until)}</text>
</svg>`;
}
