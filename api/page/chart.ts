import { CHART_STYLE, TONES } from '../../pipeline/reports/charts/chart-style.ts';
import { html, type Markup, trusted, type Value } from '../../pipeline/reports/html.ts';
import { dataTable } from './parts.ts';
import { TEXT } from './text.ts';

/** A value of a chart as it is: for CSV, JSON and the table. */
export type ChartCell = string | number | null;

/** A column of the numbers behind a chart. */
export interface ChartColumn {
  /** Name in CSV and JSON. */
  readonly name: string;
  readonly label: string;
  /** How the table writes a value; numbers are then aligned to the right. */
  readonly format?: (value: number | null) => string;
}

/** A drawing with its finding, its numbers and its address. */
export interface Chart {
  /** Its address is `/api/chart/NAME.svg`, also with `.csv` and `.json`. */
  readonly name: string;
  /** Distinguishes it from others of the same name on a page. */
  readonly id?: string;
  /** What it shows, as a finding. */
  readonly title: string;
  /** Null when there are too few numbers to draw. */
  readonly drawing: Markup | null;
  /** How to read it. */
  readonly note: string;
  readonly columns: readonly ChartColumn[];
  /** Oldest first. */
  readonly rows: readonly (readonly ChartCell[])[];
}

const TABLE_ROWS = 15;

/**
 * A chart with its title, how to read it, its numbers behind a toggle, and its addresses.
 *
 * @param query what it was chosen by: `signal=rating_mean&from=2026-01-01`.
 */
export function chartFigure(
  { name, id = name, title, drawing, note, columns, rows }: Chart,
  query: string,
): Markup {
  const address = (kind: string): string => `/api/chart/${name}.${kind}${query === '' ? '' : `?${query}`}`;
  return html`<figure id="${id}">
<figcaption>${title}</figcaption>
${drawing === null ? html`<p class="note">${TEXT.tooFew}</p>` : html`${drawing}<p class="readout" aria-hidden="true"></p>`}
<p class="note">${note}</p>
<details><summary>${TEXT.table}</summary>
${dataTable(
  title,
  columns.map(({ format }) => (format === undefined ? 'l' : 'r')).join(''),
  columns.map(({ label }) => label),
  rows
    .slice(-TABLE_ROWS)
    .toReversed()
    .map((cells) => cells.map((cell, at) => cellText(cell, columns[at]))),
)}</details>
<p class="note formats">${TEXT.formats} <a href="${address('svg')}">SVG</a>, <a href="${address('csv')}">CSV</a>, <a href="${address('json')}">JSON</a></p>
</figure>`;
}

function cellText(cell: ChartCell, column: ChartColumn | undefined): Value {
  if (column?.format !== undefined && typeof cell !== 'string') return column.format(cell);
  return cell ?? '';
}

/** The drawing as a file of its own, with its title and its style. */
export function chartSvg({ title, drawing, note }: Chart): string {
  const height = Number(/ height="(\d+)"/.exec(drawing?.text ?? '')?.[1] ?? 0);
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="720" height="${height + 64}" viewBox="-16 -36 752 ${height + 64}">
<style>${trusted(`${TONES}${CHART_STYLE}`.replaceAll(':root {', 'svg {'))} .page { fill: var(--page); } svg .title { font-weight: 600; font-size: 15px; }</style>
<rect class="page" x="-16" y="-36" width="752" height="${height + 64}"/>
<title>${title}</title>
<text class="title" x="0" y="-14">${title}</text>
<svg width="720" height="${height}">${drawing}</svg>
<text class="faint" x="0" y="${height + 18}">${drawing === null ? TEXT.tooFew : note.length > 110 ? '' : note}</text>
</svg>
`.text;
}

/** The numbers as CSV (RFC 4180). A text that a spreadsheet would run as a formula gets an apostrophe. */
export function chartCsv({ columns, rows }: Chart): string {
  const field = (cell: ChartCell): string => {
    if (cell === null) return '';
    if (typeof cell === 'number') return String(cell);
    const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns.map(({ name }) => name), ...rows]
    .map((cells) => `${cells.map(field).join(',')}\r\n`)
    .join('');
}

/** The numbers as JSON: one object a row. */
export const chartJson = ({ name, title, columns, rows }: Chart) => ({
  name,
  title,
  rows: rows.map((cells) =>
    Object.fromEntries(columns.map((column, at) => [column.name, cells[at] ?? null])),
  ),
});
