import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { OnProgress, Progress } from '../../lib/progress.ts';
import { formatCount, formatSeconds } from '../../reports/numbers.ts';

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** The output of a command: results on standard output, progress and problems on standard error. */
export interface Terminal {
  /** Prints one or more lines of the result. */
  print(text?: string): void;
  /** Prints a value as JSON: with `--json` the whole result of most commands. */
  printJson(value: unknown): void;
  printTable(header: readonly string[], rows: readonly (readonly string[])[]): void;
  /** Prints a line for the user that is not part of the result. */
  note(text: string): void;
  readonly onProgress: OnProgress;
  style(style: Style, text: string): string;
}

const LIVE_INTERVAL_MS = 100;
const PLAIN_INTERVAL_MS = 5_000;

/** Shorter stages get no line in a log. */
const SILENT_MS = 1_000;

export function openTerminal(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Terminal {
  const live = stderr.isTTY === true;
  let liveLine = false;
  let stage = '';
  let stageStarted = 0;
  let lastShown = 0;

  const clearLine = (): void => {
    if (!liveLine) return;
    stderr.write('\r\u001b[K');
    liveLine = false;
  };

  const onProgress: OnProgress = (progress) => {
    const now = performance.now();
    if (progress.stage !== stage) {
      stage = progress.stage;
      stageStarted = now;
      lastShown = live ? 0 : now - PLAIN_INTERVAL_MS + SILENT_MS;
    }
    if (now - lastShown < (live ? LIVE_INTERVAL_MS : PLAIN_INTERVAL_MS)) return;
    lastShown = now;
    const line = progressLine(progress, (now - stageStarted) / 1000);
    if (live) {
      const width = Math.max(20, (stderr.columns || 80) - 1);
      stderr.write(`\r\u001b[K${line.slice(0, width)}`);
      liveLine = true;
    } else {
      stderr.write(`${line}\n`);
    }
  };

  return {
    print: (text = '') => {
      clearLine();
      stdout.write(`${text}\n`);
    },
    printJson: (value) => {
      clearLine();
      stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    printTable: (header, rows) => {
      clearLine();
      stdout.write(`${renderTable(header, rows, (text) => styleText('bold', text, { stream: stdout }))}\n`);
    },
    note: (text) => {
      clearLine();
      stderr.write(`${text}\n`);
    },
    onProgress,
    style: (style, text) => styleText(style, text, { stream: stdout }),
  };
}

/** `reading ratings  1,200,000 of 25,000,095 ratings  5%  610,000/s  39 s left` */
function progressLine({ stage, done, total, unit }: Progress, seconds: number): string {
  const parts = [stage];
  if (total !== null) {
    parts.push(`${formatCount(done)} of ${formatCount(total)} ${unit}`);
    if (total > 0) parts.push(`${Math.floor((100 * done) / total)}%`);
  } else if (done > 0) {
    parts.push(`${formatCount(done)} ${unit}`);
  }
  if (done > 0 && seconds >= 1) {
    const rate = done / seconds;
    if (rate >= 10) parts.push(`${formatCount(Math.round(rate))}/s`);
    if (total !== null && total > done) parts.push(`${formatSeconds((total - done) / rate)} left`);
  }
  return parts.join('  ');
}

const NO_BORDERS = Object.fromEntries(
  (
    'top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right ' +
    'left-mid mid mid-mid right right-mid'
  )
    .split(' ')
    .map((border) => [border, '']),
);

/** Columns of numbers are aligned right, columns of words left. The only line is below the header. */
function renderTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  bold: (text: string) => string,
): string {
  const isNumeric = (column: number): boolean =>
    rows.length > 0 && rows.every((row) => /^[–+−\-\d$]/.test(row[column] ?? '–'));
  const table = new Table({
    head: header.map(bold),
    colAligns: header.map((_, column) => (isNumeric(column) ? 'right' : 'left')),
    chars: { ...NO_BORDERS, left: ' ', middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of rows) table.push([...row]);
  return table.toString();
}
