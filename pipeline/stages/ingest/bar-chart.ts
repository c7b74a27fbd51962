import { xyChart } from '../../reports/markdown.ts';

/** One bar of a chart; the label is our own text without quotation marks. */
export interface Bar {
  readonly label: string;
  readonly value: number;
}

const FEWEST = 2;
const MOST = 30;

/**
 * Whole numbers as bars, for GitHub's Markdown. Empty with fewer than 2 or more than 30 bars.
 */
export function barChart(title: string, axis: string, bars: readonly Bar[]): string {
  if (bars.length < FEWEST || bars.length > MOST) return '';
  const top = Math.max(1, ...bars.map(({ value }) => Math.ceil(1.1 * value)));
  return xyChart([
    `title "${title}"`,
    `x-axis [${bars.map(({ label }) => `"${label}"`).join(', ')}]`,
    `y-axis "${axis}" 0 --> ${top}`,
    `bar [${bars.map(({ value }) => value).join(', ')}]`,
  ]);
}
