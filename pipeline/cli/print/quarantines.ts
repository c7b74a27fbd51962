import { formatCount, formatInstant } from '../../reports/numbers.ts';
import type { Quarantine } from '../../store/quarantine.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Prints one row for each quarantine. */
export function printQuarantines(terminal: Terminal, quarantines: readonly Quarantine[]): void {
  if (quarantines.length === 0) {
    terminal.print('Nothing is in quarantine.');
    return;
  }
  terminal.printTable(
    ['Quarantine', 'Ratings kept out', 'Since', 'By', 'Reason', 'Released'],
    quarantines.map(({ kind, id, ratings, at, by, reason, releasedAt, releasedBy }) => [
      `${kind} ${id}`,
      formatCount(ratings),
      formatInstant(at),
      by,
      reason,
      releasedAt === null ? '' : `${formatInstant(releasedAt)} by ${releasedBy}`,
    ]),
  );
}
