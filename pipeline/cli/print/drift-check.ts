import type { DriftCheck, Verdict } from '../../drift/signal.ts';
import { formatCount } from '../../reports/numbers.ts';
import {
  formatEffect,
  formatInterval,
  formatSignalValue,
  formatThreshold,
  pairedLines,
  SIGNAL_LABELS,
} from '../../reports/signal-numbers.ts';
import type { ComparedFile } from '../../stages/compare/compare-files.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { printFindings } from './findings.ts';
import { printQuality } from './quality.ts';

const STYLE = { ok: 'green', watch: 'yellow', drift: 'red', insufficient: 'dim' } as const;

export function styledVerdict(terminal: Terminal, verdict: Verdict): string {
  return terminal.style(STYLE[verdict], verdict);
}

/** Prints the verdict, the sizes of the windows and the reference, and one row for each signal and window. */
export function printDriftCheck(terminal: Terminal, check: DriftCheck): void {
  terminal.print(`${styledVerdict(terminal, check.verdict)} (preset ${check.preset})`);
  for (const { name, ratings, users, movies } of check.windows) {
    terminal.print(
      `${name}: ${formatCount(ratings)} ratings of ${formatCount(movies)} movies by ${formatCount(users)} users`,
    );
  }
  const { reference } = check;
  terminal.print(
    `reference: ${formatCount(reference.ratings)} ratings of ${formatCount(reference.movies)} movies by ${formatCount(reference.users)} users`,
  );
  terminal.print();
  terminal.printTable(
    ['Signal', 'Window', 'Reference', 'Now', 'Effect', 'Interval', 'Threshold', 'Verdict'],
    check.signals.map((signal) => [
      SIGNAL_LABELS[signal.name],
      signal.window,
      formatSignalValue(signal.name, signal.reference),
      formatSignalValue(signal.name, signal.value),
      formatEffect(signal),
      formatInterval(signal),
      formatThreshold(signal),
      styledVerdict(terminal, signal.verdict),
    ]),
  );
  for (const line of pairedLines(check.signals)) terminal.print(line);
  printFindings(terminal, check.findings);
  printQuality(terminal, check.quality);
  for (const line of unjudgedLines(check)) terminal.print(terminal.style('dim', line));
}

/** Why signals are insufficient: one line for each reason, with its window when the other window has another one. */
function unjudgedLines({ signals, windows }: DriftCheck): readonly string[] {
  const byReason = new Map<
    string,
    { readonly label: string; readonly note: string; readonly in: string[] }
  >();
  for (const { name, window, verdict, note } of signals) {
    if (verdict !== 'insufficient') continue;
    const known = byReason.get(`${name} ${note}`);
    if (known === undefined)
      byReason.set(`${name} ${note}`, { label: SIGNAL_LABELS[name], note, in: [window] });
    else known.in.push(window);
  }
  return Array.from(byReason.values(), ({ label, note, in: some }) =>
    some.length === windows.length ? `${label}: ${note}` : `${label}, ${some.join(', ')}: ${note}`,
  );
}

/** Prints how many rows of compared files were left out, and which files have no times; nothing when all were used. */
export function printComparedFiles(
  terminal: Terminal,
  { baseline, current }: { readonly baseline: ComparedFile; readonly current: readonly ComparedFile[] },
): void {
  for (const { file, read, rejected, hasTimes } of [baseline, ...current]) {
    if (rejected > 0) {
      terminal.print(`${file}: ${formatCount(rejected)} of ${formatCount(read)} rows left out`);
    }
    if (!hasTimes) terminal.print(`${file}: the ratings have no times`);
  }
}
