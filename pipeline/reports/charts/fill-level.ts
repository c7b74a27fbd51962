import { html, type Markup } from '../html.ts';

/** How full something is, as a bar from 0 to its limit. @param share 0 to 1; above 1 the bar is full */
export function fillLevel(share: number, title: string): Markup {
  return html`<svg role="img" aria-labelledby="fill-title" width="100%" height="28">
<title id="fill-title">${title}</title>
<rect class="band" x="0" y="4" width="100%" height="18"/><rect class="${share >= 0.8 ? 'falls' : 'now'}" x="0" y="4" width="${(100 * Math.min(1, share)).toFixed(2)}%" height="18"/>
</svg>`;
}
