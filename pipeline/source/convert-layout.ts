import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { OperatorError } from '../lib/errors.ts';
import { plainFile } from './containers/plain-file.ts';
import { pathIn, type Workspace } from './containers/workspace.ts';
import { readPart } from './layout.ts';
import { accountOf, isLetterboxd, joinLetterboxd } from './letterboxd.ts';
import { isNetflixPrize, netflixToCsv } from './netflix-prize.ts';
import { readMovies } from './read-movies.ts';
import { isMoviesName } from './source-names.ts';

/** A copy of ratings as CSV. */
export interface ConvertedLayout {
  readonly file: string;
  /** The layout of the original: `Netflix Prize`. */
  readonly converted: string;
  readonly notes: readonly string[];
}

const START_BYTES = 4_096;

/**
 * Converts a text of ratings that is no table of ids: the blocks of the Netflix Prize, or an export of Letterboxd.
 *
 * @param original the file as it was found, whose folder has the movies.
 * @returns null for every other text.
 * @throws OperatorError `source-unknown-layout` when an export of Letterboxd has no movies to be joined to.
 */
export async function convertLayout(
  file: string,
  original: string,
  shown: string,
  workspace: Workspace,
): Promise<ConvertedLayout | null> {
  const start = (await readPart(file, 0, START_BYTES)).toString('utf8');
  const name = `${basename(original)}.csv`;
  const origin = { origin: shown, packedBytes: null };
  if (isNetflixPrize(start)) {
    const copy = await pathIn(workspace, name);
    await workspace.write(createReadStream(file), [netflixToCsv()], copy, origin);
    return { file: copy, converted: 'Netflix Prize', notes: [] };
  }
  if (!isLetterboxd(start.split(/\r?\n/, 1)[0] ?? '')) return null;
  const folder = dirname(original);
  const names = await readdir(folder);
  const movies = names.find((each) => isMoviesName(each));
  if (movies === undefined) {
    throw new OperatorError(
      'source-unknown-layout',
      `${shown} is an export of Letterboxd, which names movies by title and year, and there is no file of movies beside it.`,
      'Put the movies.csv of your own data set beside it: movieId,title,genres, with the year in the title.',
    );
  }
  const known = await readMovies((await plainFile(join(folder, movies), movies, workspace)).file);
  const profile = names.includes('profile.csv') ? await readFile(join(folder, 'profile.csv'), 'utf8') : '';
  const { csv, notes } = await joinLetterboxd(file, shown, accountOf(profile) ?? 'letterboxd', known);
  const copy = await pathIn(workspace, name);
  await workspace.write(Readable.from([Buffer.from(csv)]), [], copy, origin);
  return { file: copy, converted: 'Letterboxd', notes };
}
