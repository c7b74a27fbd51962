import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SYNTHETIC_SIZE } from '../../pipeline/source/synthetic-weeks.ts';
import { isWholeSweep } from '../support/sweep.ts';

/**
 * The size of the synthetic data set in rehearsals: two fifths, with the same shape and drift, so that runs are shorter.
 * The whole sweep takes all of it.
 */
export const REHEARSED_SIZE = isWholeSweep ? SYNTHETIC_SIZE : { ratings: 80_000, users: 960, movies: 720 };

/** Gives the repository of a rehearsal a synthetic data set of that size. */
export function useFewerRatings(source: string): void {
  const file = join(source, 'pipeline/source/synthetic-weeks.ts');
  const pattern = /(SYNTHETIC_SIZE = )\{[^}]*\}/;
  const text = readFileSync(file, 'utf8');
  if (!pattern.test(text)) throw new Error(`${file} has no size that a rehearsal could replace.`);
  writeFileSync(file, text.replace(pattern, `$1${JSON.stringify(REHEARSED_SIZE)}`));
}
