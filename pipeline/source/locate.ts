import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { OperatorError } from '../lib/errors.ts';
import { type RatingsShape, type ReadingOptions, type Recognition, recogniseRatings } from './layout.ts';

/** The files of a source. */
export interface SourceFiles {
  /** The last part of the given path. */
  readonly name: string;
  readonly ratingsFile: string;
  readonly shape: RatingsShape;
  readonly moviesFile: string | null;
}

/** Names of ratings files. The first one that exists in a folder is used. */
const RATINGS_NAMES = ['ratings.csv', 'ratings.dat', 'u.data', 'ratings.parquet'];
export const MOVIES_NAMES: readonly string[] = ['movies.csv', 'movies.dat', 'u.item', 'movies.parquet'];
/** Folders of a prepared data set. Their movies are in the parent folder. */
const PREPARED_FOLDERS = ['initial', 'batches'];

const EMPTY_SHAPE: RatingsShape = {
  layout: 'csv',
  hasHeader: false,
  width: 4,
  columns: { user: 0, movie: 1, rating: 2, time: 3 },
  padded: false,
  times: 'seconds',
  quoted: false,
};

export const ACCEPTED_LAYOUTS =
  'Accepted layouts: CSV with a header that names userId, movieId, rating and timestamp in any order; lines ' +
  '"user,movie,rating,timestamp" without a header; the same separated by tabs (u.data) or "::" ' +
  '(ratings.dat); Parquet with these columns, or with user_id, movie_id, rating and rated_at.';

/**
 * Finds the ratings file and the movies file of a source. `path` is a ratings file with any name, or a folder with
 * one ratings file. The movies file is beside it and has one of the MovieLens names.
 *
 * @throws OperatorError `source-unreadable` when the path does not exist or cannot be read, `source-unknown-layout`
 * when there is no ratings file, or more than one.
 */
export async function locateSource(path: string, options: ReadingOptions = {}): Promise<SourceFiles> {
  const full = resolve(path);
  try {
    const folder = (await stat(full)).isDirectory();
    const found = folder ? await ratingsIn(full, options) : await ratingsOf(full, options);
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

/** The error for a failure to read `path`. An OperatorError is returned unchanged. */
export function unreadable(path: string, error: unknown): OperatorError {
  if (error instanceof OperatorError) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const message = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
  const problem = code === 'ENOENT' ? 'it does not exist' : code === 'EACCES' ? 'access is denied' : message;
  return new OperatorError(
    'source-unreadable',
    `${path} cannot be read: ${problem}.`,
    'Check the path and its permissions. If the file is damaged, download or copy it again.',
    { cause: error },
  );
}

async function ratingsOf(
  file: string,
  options: ReadingOptions,
): Promise<{ file: string; shape: RatingsShape }> {
  const recognition = await recogniseRatings(file, options);
  return { file, shape: shapeOf(file, recognition, options.columns !== undefined) };
}

/** @param canName whether the person can name columns. */
function shapeOf(file: string, recognition: Recognition, canName: boolean): RatingsShape {
  if (recognition.kind === 'ratings') return recognition.shape;
  if (recognition.kind === 'empty') return EMPTY_SHAPE;
  const { firstLine, header } = recognition;
  const columns = header === null ? '' : `. Its columns are ${listed(header.names)}; ${header.problem}.`;
  const naming = canName
    ? 'Name the columns: --columns user=NAME,movie=NAME,rating=NAME,time=NAME. '
    : 'Rename the columns in the file. ';
  throw new OperatorError(
    'source-unknown-layout',
    `The layout of ${file} is not a known layout of ratings. It begins: ${firstLine}${columns}`,
    `${header === null ? '' : naming}${ACCEPTED_LAYOUTS}`,
  );
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'));
  return files.map((entry) => entry.name).sort();
}

async function ratingsIn(
  folder: string,
  options: ReadingOptions,
): Promise<{ file: string; shape: RatingsShape }> {
  const names = await filesIn(folder);
  const named = RATINGS_NAMES.find((name) => names.includes(name));
  if (named !== undefined) return ratingsOf(join(folder, named), options);
  const candidates: { file: string; shape: RatingsShape }[] = [];
  for (const name of names) {
    const file = join(folder, name);
    // A damaged file does not affect the others.
    const recognition = await recogniseRatings(file, options).catch(() => null);
    if (recognition?.kind === 'ratings') candidates.push({ file, shape: recognition.shape });
  }
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return only;
  if (only === undefined) {
    const content = names.length === 0 ? 'it is empty' : `it has ${listed(names)}`;
    throw new OperatorError(
      'source-unknown-layout',
      `${folder} has no ratings file; ${content}.`,
      ACCEPTED_LAYOUTS,
    );
  }
  throw new OperatorError(
    'source-unknown-layout',
    `${folder} has ${candidates.length} ratings files: ${listed(candidates.map(({ file }) => basename(file)))}.`,
    'Pass the path of one of these files.',
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
