import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { OperatorError } from '../lib/errors.ts';
import { type RatingsShape, type Recognition, recogniseRatings } from './layout.ts';

/** The files a source consists of. */
export interface SourceFiles {
  /** The last part of the path that was asked for. */
  readonly name: string;
  readonly ratingsFile: string;
  readonly shape: RatingsShape;
  readonly moviesFile: string | null;
}

/** Names that decide which file of a folder holds its ratings, most telling first. */
const RATINGS_NAMES = ['ratings.csv', 'ratings.dat', 'u.data', 'ratings.parquet'];
export const MOVIES_NAMES: readonly string[] = ['movies.csv', 'movies.dat', 'u.item', 'movies.parquet'];
/** Folders of a prepared data set, whose movies lie in the folder above. */
const PREPARED_FOLDERS = ['initial', 'batches'];

const EMPTY_SHAPE: RatingsShape = {
  layout: 'csv',
  hasHeader: false,
  width: 4,
  columns: { user: 0, movie: 1, rating: 2, time: 3 },
  padded: false,
};

export const ACCEPTED_LAYOUTS =
  'Accepted are CSV with a header that names userId, movieId, rating and timestamp in any order, lines ' +
  '"user,movie,rating,timestamp" without a header, the same separated by tabs (u.data) or "::" ' +
  '(ratings.dat), and Parquet with these columns, also as user_id, movie_id, rating, rated_at.';

/**
 * Finds the ratings file and the movies file of a source. `path` is a ratings file of any name, or a folder
 * that has one; movies are looked for beside the ratings under the names MovieLens gives them.
 *
 * @throws OperatorError `source-unreadable` when there is no such path or it may not be read,
 * `source-unknown-layout` when it holds no ratings, or more than one file that could be meant.
 */
export async function locateSource(path: string): Promise<SourceFiles> {
  const full = resolve(path);
  try {
    const folder = (await stat(full)).isDirectory();
    const found = folder
      ? await ratingsIn(full)
      : { file: full, shape: shapeOf(full, await recogniseRatings(full)) };
    return {
      name: basename(full),
      ratingsFile: found.file,
      shape: found.shape,
      moviesFile: await moviesBeside(found.file),
    };
  } catch (error) {
    throw unreadable(full, error);
  }
}

/** The failure to read `path` in an operator's words. Errors that already are, pass. */
export function unreadable(path: string, error: unknown): OperatorError {
  if (error instanceof OperatorError) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const said = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
  const problem =
    code === 'ENOENT' ? 'there is no such file or folder' : code === 'EACCES' ? 'access is denied' : said;
  return new OperatorError(
    'source-unreadable',
    `${path} cannot be read: ${problem}.`,
    'Check the path and its permissions; if the file is damaged, get it again.',
    { cause: error },
  );
}

function shapeOf(file: string, recognition: Recognition): RatingsShape {
  if (recognition.kind === 'ratings') return recognition.shape;
  if (recognition.kind === 'empty') return EMPTY_SHAPE;
  throw new OperatorError(
    'source-unknown-layout',
    `${file} is in no known layout of ratings. It begins: ${recognition.firstLine}`,
    ACCEPTED_LAYOUTS,
  );
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'));
  return files.map((entry) => entry.name).sort();
}

async function ratingsIn(folder: string): Promise<{ file: string; shape: RatingsShape }> {
  const names = await filesIn(folder);
  const named = RATINGS_NAMES.find((name) => names.includes(name));
  if (named !== undefined) {
    const file = join(folder, named);
    return { file, shape: shapeOf(file, await recogniseRatings(file)) };
  }
  const candidates: { file: string; shape: RatingsShape }[] = [];
  for (const name of names) {
    const file = join(folder, name);
    // One damaged file among others says nothing about the rest.
    const recognition = await recogniseRatings(file).catch(() => null);
    if (recognition?.kind === 'ratings') candidates.push({ file, shape: recognition.shape });
  }
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return only;
  if (only === undefined) {
    const seen = names.length === 0 ? 'it is empty' : `it has ${listed(names)}`;
    throw new OperatorError(
      'source-unknown-layout',
      `${folder} has no file of ratings; ${seen}.`,
      ACCEPTED_LAYOUTS,
    );
  }
  throw new OperatorError(
    'source-unknown-layout',
    `${folder} has ${candidates.length} files of ratings: ${listed(candidates.map(({ file }) => basename(file)))}.`,
    'Name the one file that is meant.',
  );
}

const LISTED = 12;

function listed(names: readonly string[]): string {
  const more = names.length - LISTED;
  return names.slice(0, LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

async function moviesBeside(ratingsFile: string): Promise<string | null> {
  const folder = dirname(ratingsFile);
  const folders = PREPARED_FOLDERS.includes(basename(folder)) ? [folder, dirname(folder)] : [folder];
  for (const each of folders) {
    const names = await filesIn(each);
    const name = MOVIES_NAMES.find((known) => names.includes(known));
    if (name !== undefined && join(each, name) !== ratingsFile) return join(each, name);
  }
  return null;
}
