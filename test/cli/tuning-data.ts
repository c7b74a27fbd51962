import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { writeMovies, writeRatings } from '../../pipeline/source/write-ratings.ts';
import { readTrials } from '../../pipeline/stages/compare/trial-files.ts';
import { quietWeeks } from '../support/pipeline.ts';

const { prepared, movies } = quietWeeks();

/** The ratings of every `u1.base`, and others that are not in it. */
export const { train, test: heldOut } = prepared;

/** Options of most searches; `bias` is the fastest algorithm. */
export const SEARCH: readonly string[] =
  '--algorithm bias --search userDamping=0.5..50:log --search movieDamping=1..20'.split(' ');

/** Makes a folder with the training file `u1.base` and its movies. */
export async function writeDataFolder(folder: string): Promise<void> {
  await writeRatings(join(folder, 'u1.csv'), train);
  await rename(join(folder, 'u1.csv'), join(folder, 'u1.base'));
  await writeMovies(join(folder, 'movies.csv'), movies);
}

/** The results in a folder, without their durations. */
export async function resultsIn(folder: string): Promise<readonly object[]> {
  return (await readTrials(folder)).map(({ seconds: _, ...rest }) => rest);
}
