import type { Verdict } from '../../drift/signal.ts';
import { html, type Markup } from '../html.ts';

/**
 * A verdict as a shape, so that it can be read without colour: a diamond for drift, a dot for watch,
 * a ring for the others.
 *
 * @param x a percentage; `y` in pixels.
 * @param name the tooltip; null where a point around it has one.
 */
export function mark(verdict: Verdict, x: string, y: number, name: string | null): Markup {
  const title = name === null ? null : html`<title>${name}</title>`;
  switch (verdict) {
    case 'drift':
      // A nested drawing: a path cannot be placed by percentages.
      return html`<svg x="${x}" y="${y}" width="1" height="1">${title}<path class="mark" d="M0-7 7 0 0 7-7 0Z"/></svg>`;
    case 'watch':
      return html`<circle class="mark" cx="${x}" cy="${y}" r="5">${title}</circle>`;
    case 'ok':
    case 'insufficient':
      return html`<circle class="mark hollow" cx="${x}" cy="${y}" r="5">${title}</circle>`;
  }
}

/**
 * A point of a drawing that can be reached with the keyboard, with its value as its name.
 *
 * @param href where it leads; null when it only has a value.
 */
export function stop(name: string, href: string | null, drawing: Markup): Markup {
  return href === null
    ? html`<g tabindex="0" role="img" data-point=""><title>${name}</title>${drawing}</g>`
    : html`<a href="${href}" data-point=""><title>${name}</title>${drawing}</a>`;
}
