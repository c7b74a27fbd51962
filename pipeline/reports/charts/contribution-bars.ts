import type { Contributions } from '../../drift/explain/explanation.ts';
import type { SignalName } from '../../drift/signals/list.ts';
import { oneLine } from '../../lib/escape.ts';
import { html, type Markup } from '../html.ts';
import { formatDifference } from '../signal-numbers.ts';

const ROW = 40;
const TOP = 4;

/**
 * The contributions to one effect as bars from a common zero.
 *
 * @param title its subject: `By genre: +0.24★`.
 * @param id distinguishes it from the other drawings of the page.
 * @param names of the parts, in their order. May be untrusted.
 * @returns null when every contribution is 0.
 */
export function contributionBars(
  signal: SignalName,
  { parts }: Pick<Contributions, 'parts'>,
  names: readonly string[],
  title: string,
  id: string,
): Markup | null {
  const contributions = parts.map(({ contribution }) => contribution);
  const low = Math.min(0, ...contributions);
  const high = Math.max(0, ...contributions);
  if (low === high) return null;
  const place = (value: number): number => 1 + (98 * (value - low)) / (high - low);
  const zero = place(0);
  const bottom = TOP + parts.length * ROW;
  return html`<svg role="img" aria-labelledby="${id} ${id}-text" width="100%" height="${bottom + 4}">
<title id="${id}">${title}</title>
<desc id="${id}-text">${`${parts.map(({ contribution }, index) => `${oneLine(names[index] ?? '')}: ${formatDifference(signal, contribution)}`).join('; ')}.`}</desc>
<line class="grid" x1="${zero.toFixed(2)}%" x2="${zero.toFixed(2)}%" y1="${TOP}" y2="${bottom}"/>
${parts.map(({ contribution }, index) => {
  const y = TOP + index * ROW;
  const from = Math.min(zero, place(contribution));
  const width = Math.abs(place(contribution) - zero);
  return html`<text x="0" y="${y + 15}">${oneLine(names[index] ?? '', 60)}</text><text x="100%" y="${y + 15}" text-anchor="end">${formatDifference(signal, contribution)}</text>
<rect class="${contribution < 0 ? 'falls' : 'rises'}" x="${from.toFixed(2)}%" y="${y + 21}" width="${width.toFixed(2)}%" height="10"/>`;
})}
</svg>`;
}
