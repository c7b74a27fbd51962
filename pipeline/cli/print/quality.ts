import type { BatchFinding } from '../../quality/finding.ts';
import type { Terminal } from '../terminal/terminal.ts';

const STYLE = { info: 'dim', warning: 'yellow', severe: 'red' } as const;

/** Prints what is wrong with batches apart from drift, two lines for each finding. */
export function printQuality(terminal: Terminal, findings: readonly BatchFinding[]): void {
  for (const { batch, kind, severity, seen, expected, remedy } of findings) {
    terminal.print(
      `${terminal.style(STYLE[severity], severity)} ${kind}, batch ${batch}: ${seen}; expected: ${expected}`,
    );
    terminal.print(`  ${remedy}`);
  }
}
