import { markdownTable } from 'markdown-table';

/** A header and rows of text, for the terminal or for Markdown. */
export interface TableText {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * A table in GitHub's Markdown. Cells are Markdown: the caller escapes untrusted text.
 *
 * @param align one letter a column, `l` or `r`; columns without one are left-aligned.
 */
export function table({ header, rows }: TableText, align = ''): string {
  return markdownTable([header, ...rows], { align: [...align], alignDelimiters: false });
}

/**
 * A line or bar chart of Mermaid, for GitHub's Markdown. Its colours can be seen on a light and on a dark page: the
 * first series is blue, the second red. Mermaid's own first colour is almost white on a light page.
 */
export function xyChart(lines: readonly string[]): string {
  return [
    '```mermaid',
    '---',
    'config:',
    '  themeVariables:',
    '    xyChart:',
    '      backgroundColor: transparent',
    '      plotColorPalette: "#1f77b4, #d62728"',
    '---',
    'xychart-beta',
    ...lines.map((line) => `    ${line}`),
    '```',
  ].join('\n');
}

/** A collapsed section. `summary` is our own text, `body` is Markdown. */
export function details(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** Joins parts with blank lines; leaves out empty and null ones. */
export function paragraphs(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join('\n\n');
}

/** `1 rating`, `2 ratings`; without the number. */
export function plural(count: number, noun: string): string {
  return count === 1 ? noun : `${noun}s`;
}

const SHOWN_RANGES = 40;

/** Whole numbers as ranges, ascending: `3–7, 9`. Long lists end with the number of values left out. */
export function formatRanges(numbers: readonly number[]): string {
  const ranges: [from: number, to: number][] = [];
  for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
    const range = ranges.at(-1);
    if (range !== undefined && range[1] === number - 1) range[1] = number;
    else ranges.push([number, number]);
  }
  const text = ranges
    .slice(0, SHOWN_RANGES)
    .map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`))
    .join(', ');
  const left = ranges.slice(SHOWN_RANGES).reduce((sum, [from, to]) => sum + to - from + 1, 0);
  return left === 0 ? text : `${text} and ${left} more`;
}
