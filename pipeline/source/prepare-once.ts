import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IdNames } from '../ratings/id-names.ts';
import type { Movie } from '../ratings/movie.ts';
import { type PreparedDataset, type PreparedFiles, preparedFiles, writePrepared } from './prepare.ts';

/** Written last, so that an interrupted preparation starts again. */
const MARKER = 'complete.txt';

/**
 * Prepares a data set in a directory, unless it exists and is complete. The name of the directory must determine the
 * data.
 */
export async function prepareOnce(
  directory: string,
  weeks: number,
  prepare: () => Promise<{
    readonly prepared: PreparedDataset;
    readonly movies: readonly Movie[];
    readonly names?: IdNames | null;
  }>,
): Promise<PreparedFiles> {
  const files = preparedFiles(directory, weeks);
  const all = [join(directory, MARKER), files.train, files.test, files.movies, ...files.batches];
  if (all.every((file) => existsSync(file))) return files;
  const { prepared, movies, names = null } = await prepare();
  await writePrepared(directory, prepared, movies, { names });
  await writeFile(
    join(directory, MARKER),
    'Prepared from one data set. You can delete this folder; it is created again when it is needed.\n',
  );
  return files;
}
