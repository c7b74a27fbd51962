import type { Finding } from '../../drift/findings/finding.ts';
import { findingText } from '../../reports/finding-table.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Prints what was recognised in the newest batch, two or three lines for each finding. */
export function printFindings(terminal: Terminal, findings: readonly Finding[]): void {
  for (const finding of findings) {
    const { label, who, ratings, seen, remains } = findingText(finding, null);
    terminal.print(`${terminal.style('red', label)}: ${who}, ${ratings} of the newest window`);
    terminal.print(`  ${seen}`);
    if (finding.remains !== null) terminal.print(`  Without it: ${remains}`);
  }
}
