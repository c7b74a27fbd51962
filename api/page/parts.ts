import type { PastCheck } from '../../pipeline/history/pipeline-history.ts';
import { linkUrl } from '../../pipeline/lib/url.ts';
import { html, type Markup, type Value } from '../../pipeline/reports/html.ts';
import { formatInstant } from '../../pipeline/reports/numbers.ts';
import { TEXT } from './text.ts';

type Verdict = PastCheck['verdict'];

/** A time in UTC. The script of the page writes it in the time zone of the reader, with UTC on hover. */
export const when = (iso: string): Markup =>
  html`<time datetime="${iso}">${formatInstant(new Date(iso))}</time>`;

/** The shapes of the verdicts, so that they can be told without colour. */
const SHAPES: Readonly<Record<Verdict, string>> = {
  drift: 'M8 1 15 8 8 15 1 8Z',
  watch: 'M8 2 15 14H1Z',
  ok: 'M2 8.5 6.5 13 14 4',
  insufficient: 'M2 8h12',
};

/** A verdict by shape and colour, without a word. */
export const shape = (verdict: Verdict): Markup =>
  html`<svg class="shape ${verdict}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="${SHAPES[verdict]}"/></svg>`;

/** A verdict by shape, colour and word. */
export const badgeOf = (verdict: Verdict, word: string = TEXT.verdicts[verdict]): Markup =>
  html`<span class="verdict-word ${verdict}">${shape(verdict)}${word}</span>`;

/** A link where the address is safe to follow, else the text alone. */
export function linked(text: Value, address: string | null): Markup {
  const isOurs = address !== null && /^\/(?!\/)/.test(address);
  if (isOurs) return html`<a href="${address}">${text}</a>`;
  return linkUrl(address) === null ? html`${text}` : html`<a href="${address}" rel="noreferrer">${text}</a>`;
}

/**
 * A table that scrolls sideways where it is too wide, also with the keyboard.
 *
 * @param label its subject, for screen readers.
 * @param align one letter a column, `l` or `r`; the first column names the row.
 */
export function dataTable(
  label: string,
  align: string,
  header: readonly Value[],
  rows: readonly (readonly Value[])[],
): Markup {
  const side = (column: number): Markup | null => (align[column] === 'r' ? html` class="r"` : null);
  return html`<div class="table" role="region" aria-label="${label}" tabindex="0"><table>
<thead><tr>${header.map((text, column) => html`<th scope="col"${side(column)}>${text}</th>`)}</tr></thead>
<tbody>${rows.map(
    (cells) => html`
<tr>${cells.map((cell, column) => (column === 0 ? html`<th scope="row"${side(column)}>${cell}</th>` : html`<td${side(column)}>${cell}</td>`))}</tr>`,
  )}
</tbody></table></div>`;
}

/** What is not there, and what to do next. */
export const emptyState = ({
  title,
  text,
  steps,
}: {
  readonly title: string;
  readonly text: string;
  readonly steps: readonly string[];
}): Markup => html`<section class="empty">
<h2>${title}</h2>
<p>${text}</p>
<ul>${steps.map((step) => html`<li>${step}</li>`)}</ul>
</section>`;

/** What a part of the page has: its finding as the heading, its content, and scripts beside the one of every part. */
export interface PartContent {
  readonly title: string;
  readonly body: Markup;
  readonly scripts?: readonly string[];
}

/** The options of a choice. */
export const options = (
  choices: readonly (readonly [value: string, text: string])[],
  chosen: string,
): Markup =>
  html`${choices.map(([value, text]) => html`<option value="${value}"${value === chosen ? html` selected` : null}>${text}</option>`)}`;

/** Names and values, side by side where there is room. */
export const facts = (rows: readonly (readonly [name: Value, value: Value])[]): Markup =>
  html`<dl>${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
