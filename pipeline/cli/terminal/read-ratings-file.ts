import { validateRatings } from '../../ratings/validate.ts';
import { formatCount } from '../../reports/numbers.ts';
import { readSource } from '../../source/read-source.ts';
import type { RatedMovies } from '../../stages/compare/compare-ratings.ts';
import { clock } from './open-pipeline.ts';
import type { Terminal } from './terminal.ts';

/**
 * Reads and validates ratings for a command that works on files alone. Invalid rows are left out; a note says how
 * many, and why the first one is invalid.
 */
export async function readRatingsFile(terminal: Terminal, path: string): Promise<RatedMovies> {
  const { raw, movies, name, notes } = await readSource(path, { onProgress: terminal.onProgress });
  for (const note of notes) terminal.note(`${name}: ${note}`);
  const { ratings, rejects } = validateRatings(raw, Math.floor(clock().getTime() / 1000));
  const [first] = rejects.firstDamaged(1);
  if (first !== undefined) {
    terminal.note(
      `${name}: ${formatCount(rejects.damaged)} of ${formatCount(raw.length)} rows left out; the first is row ${first.rowNumber} (${first.reason}: ${first.content})`,
    );
  }
  return { ratings, movies };
}
