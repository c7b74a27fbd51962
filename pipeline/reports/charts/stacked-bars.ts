import { html, type Markup } from '../html.ts';
import { stop } from './marks.ts';

/** One bar: its parts from the bottom up. */
export interface StackedBar {
  /** Below the first and the last bar. */
  readonly label: string;
  /** What the bar says, part by part. */
  readonly text: string;
  readonly values: readonly number[];
}

const HEIGHT = 200;
const TOP = 18;
const BOTTOM = 170;

/**
 * Bars of several parts, one beside the other.
 *
 * @param bars each with as many values as there are `parts`, none below 0.
 * @param parts the class of each part, from the bottom up.
 * @param format how the largest sum is written at the axis.
 * @returns null without a bar that has a height.
 */
export function stackedBars(
  bars: readonly StackedBar[],
  parts: readonly string[],
  {
    id,
    title,
    format,
  }: { readonly id: string; readonly title: string; readonly format: (sum: number) => string },
): Markup | null {
  const sums = bars.map(({ values }) => values.reduce((sum, value) => sum + value, 0));
  const top = Math.max(0, ...sums);
  if (top === 0) return null;
  const step = 100 / bars.length;
  const height = (value: number): number => ((BOTTOM - TOP) * value) / top;
  return html`<svg role="group" aria-labelledby="${id}" width="100%" height="${HEIGHT}">
<title id="${id}">${title}</title>
<line class="grid" x1="0" x2="100%" y1="${TOP}" y2="${TOP}"/><text class="faint" x="0" y="${TOP - 4}">${format(top)}</text>
<line class="grid" x1="0" x2="100%" y1="${BOTTOM}" y2="${BOTTOM}"/>
${bars.map(({ text, values }, at) => {
  const wide = Math.min(step * 0.76, 8);
  const x = `${((at + 0.5) * step - wide / 2).toFixed(2)}%`;
  const width = `${wide.toFixed(2)}%`;
  let from = BOTTOM;
  const rects = values.map((value, part) => {
    if (value === 0) return null;
    from -= height(value);
    return html`<rect class="${parts[part] ?? ''}" x="${x}" y="${from.toFixed(1)}" width="${width}" height="${Math.max(1, height(value)).toFixed(1)}"/>`;
  });
  return stop(text, null, html`${rects}`);
})}
<text class="faint" x="0" y="${HEIGHT - 12}">${bars[0]?.label ?? ''}</text><text class="faint" x="100%" y="${HEIGHT - 12}" text-anchor="end">${bars.length > 1 ? (bars.at(-1)?.label ?? '') : ''}</text>
</svg>`;
}
