import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { OperatorError } from '../lib/errors.ts';
import type { OnProgress } from '../lib/progress.ts';
import { byName } from './batches/batch-list.ts';
import { isGivenElsewhere, type LocalPath, localPath } from './containers/given-path.ts';
import { overLimit, SOURCE_LIMITS, type SourceLimits } from './containers/limits.ts';
import { plainFile } from './containers/plain-file.ts';
import { type FileStamp, requireUnchanged, stampOf } from './containers/stamps.ts';
import { unpackArchive } from './containers/unpack.ts';
import { Workspace } from './containers/workspace.ts';
import { convertLayout } from './convert-layout.ts';
import { type RatingsShape, type ReadingOptions, type Recognition, recogniseRatings } from './layout.ts';
import {
  canHaveRatings,
  isExpectedCompanion,
  isHiddenName,
  isLinksName,
  isMoviesName,
  isPartitionName,
  isPartName,
  listed,
  ratingsNameAmong,
} from './source-names.ts';

/** One file of ratings. A table of Spark has many; most sources have one. */
export interface RatingsPart {
  /** The file to read: the original, or a copy that is unpacked and in UTF-8. */
  readonly file: string;
  /** How messages call it: its path in the source, such as `year=2005/part-0.parquet`. */
  readonly name: string;
  readonly shape: RatingsShape;
  /** What was done to the original, such as `gzip`; empty when nothing was. */
  readonly converted: string;
  /** What was left out of it by a conversion, a sentence each. */
  readonly notes: readonly string[];
}

/** A file to read, and how messages call it. */
interface NamedFile {
  readonly file: string;
  readonly name: string;
}

/** The files of a source. */
export interface SourceFiles {
  /** The last part of the given path. */
  readonly name: string;
  /** Its ratings, by name; at least one. They are read as one table. */
  readonly parts: readonly RatingsPart[];
  /** The file of movies. */
  readonly movies: NamedFile | null;
  /** The file of links to other catalogues, or why it cannot be read. */
  readonly links: (NamedFile & { readonly problem: string | null }) | null;
  /** The files as they were found, ratings before movies before links. Their bytes are the identity of the source. */
  readonly originals: readonly FileStamp[];
  /** Names of files beside the ratings that are not used. */
  readonly unused: readonly string[];
  /** Those of them that seem to have movies, when there is no movies file. */
  readonly moviesLike: readonly string[];
}

export interface LocateOptions extends ReadingOptions {
  /** @default SOURCE_LIMITS */
  readonly limits?: SourceLimits | undefined;
  /** Whether a file is accepted whose columns are not known: its bytes are all that is read. @default false */
  readonly acceptsUnknown?: boolean | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** For a source that is a URL. @default the global fetch */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** Folders of a prepared data set. Their movies are in the parent folder. */
const PREPARED_FOLDERS = ['initial', 'batches'];
/** So many folders inside of each other are searched for ratings, and archives for archives. */
const DEPTH = 4;

const EMPTY_SHAPE: RatingsShape = {
  layout: 'csv',
  separator: ',',
  hasHeader: false,
  names: [],
  linesBefore: 0,
  width: 4,
  columns: { user: 0, movie: 1, rating: 2, time: 3 },
};

export const ACCEPTED_LAYOUTS =
  'Accepted layouts: CSV with a header that names userId, movieId, rating and timestamp in any order; lines ' +
  '"user,movie,rating,timestamp" without a header; the same separated by tabs (u.data) or "::" ' +
  '(ratings.dat); Parquet with these columns, or with user_id, movie_id, rating and rated_at; each of them alone ' +
  'or in .gz, .zst or .zip.';

/**
 * Finds the files of a source and makes them readable, runs `work` with them, and removes what was unpacked.
 *
 * `path` is a file with any name, an archive, `-` or a pipe, an https URL, or a folder: with one ratings file, with one
 * folder that has one, or with the parts of one table. The files of movies and of links are beside the ratings and have
 * one of the usual names.
 *
 * @throws OperatorError `source-unreadable` when the path does not exist, cannot be read, exceeds a limit or was changed
 * during `work`; `source-unknown-layout` when there is no ratings file, or more than one.
 */
export async function withSourceFiles<T>(
  path: string,
  options: LocateOptions,
  work: (files: SourceFiles) => Promise<T>,
): Promise<T> {
  const limits = options.limits ?? SOURCE_LIMITS;
  const workspace = new Workspace(limits);
  let shown = isGivenElsewhere(path) ? path : resolve(path);
  try {
    const local = await localPath(path, { ...options, limits });
    shown = local.shown;
    const files = await locate(local, { options, workspace });
    const result = await work(files);
    await requireUnchanged(files.originals);
    return result;
  } catch (error) {
    // A mistake in the program, and none in the source.
    if (error instanceof TypeError && !('code' in error)) throw error;
    throw unreadable(shown, error);
  } finally {
    await workspace.remove();
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

interface Search {
  readonly options: LocateOptions;
  readonly workspace: Workspace;
}

/** Ratings, and the place where their movies are looked for. */
interface Found {
  readonly parts: readonly RatingsPart[];
  readonly originals: readonly string[];
  /** Where movies are looked for, nearest first. */
  readonly folders: readonly string[];
  readonly unused: readonly string[];
}

async function locate({ path: full, shown }: LocalPath, search: Search): Promise<SourceFiles> {
  const isFolder = (await stat(full)).isDirectory();
  const found = isFolder
    ? await ratingsIn(full, shown, search, DEPTH)
    : await ratingsOf(full, shown, search, DEPTH);
  if (found === null) throw await noRatings(full, search);
  const movies = await fileBeside(found, isMoviesName, search);
  const links = await linksBeside(found, search);
  const companions = [movies, links?.problem === null ? links : null].flatMap((each) => each ?? []);
  // Those of an archive are part of it.
  const apart = companions.map(({ name }) => name).filter((name) => !search.workspace.holds(name));
  const originals = [...found.originals, ...apart];
  const used = companions.map(({ name }) => basename(name));
  const unused = found.unused.filter((name) => !used.includes(name));
  return {
    name: basename(full),
    parts: found.parts,
    movies,
    links,
    originals: await Promise.all(originals.map(stampOf)),
    unused,
    moviesLike: movies === null ? await moviesAmong(found.folders[0] ?? full, unused) : [],
  };
}

/** @returns null when an archive has no ratings. */
async function ratingsOf(file: string, shown: string, search: Search, depth: number): Promise<Found | null> {
  const { options, workspace } = search;
  const plain = await plainFile(file, shown, workspace);
  if (plain.kind === 'zip') return ratingsOfArchive(file, plain.file, shown, search, depth);
  const special = plain.kind === 'text' ? await convertLayout(plain.file, file, shown, workspace) : null;
  const readable = special?.file ?? plain.file;
  const part: RatingsPart = {
    file: readable,
    name: basename(file),
    shape: shapeOf(shown, await recogniseRatings(readable, options), options.acceptsUnknown === true),
    converted: [plain.converted, special?.converted ?? ''].filter((each) => each !== '').join(', '),
    notes: special?.notes ?? [],
  };
  const folder = dirname(file);
  const folders = PREPARED_FOLDERS.includes(basename(folder)) ? [folder, dirname(folder)] : [folder];
  return { parts: [part], originals: [file], folders, unused: [] };
}

async function ratingsOfArchive(
  file: string,
  plain: string,
  shown: string,
  search: Search,
  depth: number,
): Promise<Found | null> {
  if (depth === 0) return null;
  const isWanted = (name: string): boolean => canHaveRatings(name) || isMoviesName(name) || isLinksName(name);
  const { folder, left } = await unpackArchive(plain, shown, search.workspace, isWanted);
  const found = await ratingsIn(folder, shown, search, depth - 1);
  if (found === null) throw noRatingsAmong(shown, left);
  const parts = found.parts.map((part) => ({
    ...part,
    converted: ['zip', part.converted].filter(Boolean).join(', '),
  }));
  const unused = [...found.unused, ...left.map((name) => basename(name))].filter(
    (name) => !isHiddenName(name),
  );
  return { parts, originals: [file], unused, folders: [...found.folders, dirname(file)] };
}

/** How columns are named by a person. */
const NAMING =
  'Name the columns: --columns user=NAME,movie=NAME,rating=NAME,time=NAME, or `source.columns` in the configuration. ';

function shapeOf(file: string, recognition: Recognition, acceptsUnknown: boolean): RatingsShape {
  if (recognition.kind === 'ratings') return recognition.shape;
  if (recognition.kind === 'empty' || acceptsUnknown) return EMPTY_SHAPE;
  const { firstLine, header } = recognition;
  const columns = header === null ? '' : `. Its columns are ${listed(header.names)}; ${header.problem}.`;
  throw new OperatorError(
    'source-unknown-layout',
    `The layout of ${file} is not a known layout of ratings. It begins: ${firstLine}${columns}`,
    `${header === null ? '' : NAMING}${ACCEPTED_LAYOUTS}`,
  );
}

interface FolderContent {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

async function contentOf(folder: string): Promise<FolderContent> {
  const files: string[] = [];
  const folders: string[] = [];
  for (const { name } of await readdir(folder, { withFileTypes: true })) {
    if (isHiddenName(name)) continue;
    // A link counts as what it leads to.
    const stats = await stat(join(folder, name)).catch(() => null);
    if (stats?.isDirectory()) folders.push(name);
    else if (stats?.isFile()) files.push(name);
  }
  return { files: files.sort(byName), folders: folders.sort(byName) };
}

/**
 * The ratings of a folder: the file with a usual name, the parts of a table, the only file with ratings, or those of the
 * only folder that has some.
 *
 * @returns null when there are none.
 */
async function ratingsIn(
  folder: string,
  shown: string,
  search: Search,
  depth: number,
): Promise<Found | null> {
  const { files, folders } = await contentOf(folder);
  const others = (...used: readonly string[]): readonly string[] =>
    [...files, ...folders.map((name) => `${name}/`)].filter((name) => !used.includes(name));
  const named = ratingsNameAmong(files);
  if (named !== undefined) {
    const found = await ratingsOf(join(folder, named), join(shown, named), search, depth);
    if (found !== null) return { ...found, unused: [...found.unused, ...others(named)] };
  }
  const parts = await partsIn(folder, '', search.workspace.limits);
  if (parts.length > 0) return tableOf(parts, folder, shown, search);

  const candidates: { readonly name: string; readonly found: Found }[] = [];
  for (const name of files.filter(canHaveRatings)) {
    // A damaged file does not affect the others.
    const found = await ratingsOf(join(folder, name), join(shown, name), search, depth).catch(unlessLimit);
    if (found !== null && !found.parts.every(({ shape }) => shape === EMPTY_SHAPE))
      candidates.push({ name, found });
  }
  if (candidates.length === 0 && depth > 0) {
    for (const name of folders) {
      const found = await ratingsIn(join(folder, name), join(shown, name), search, depth - 1);
      if (found !== null) candidates.push({ name: `${name}/`, found });
    }
  }
  const [only] = candidates;
  if (only === undefined) return null;
  if (candidates.length === 1) {
    return { ...only.found, unused: [...only.found.unused, ...others(only.name)] };
  }
  throw new OperatorError(
    'source-unknown-layout',
    `${shown} has ${candidates.length} ratings files: ${listed(candidates.map(({ name }) => name))}.`,
    'Pass the path of one of them. Files named part-0, part-1 and so on, or in folders such as year=2005, are read as one.',
  );
}

/** A file that exceeds a limit is an error of the whole source: it must not be unpacked again and again. */
function unlessLimit(error: unknown): null {
  if (error instanceof OperatorError && error.details.exceedsLimit === true) throw error;
  return null;
}

/** The paths of the parts of a table, relative to its folder. */
async function partsIn(folder: string, inside: string, limits: SourceLimits): Promise<readonly string[]> {
  const { files, folders } = await contentOf(join(folder, inside));
  const partitions = folders.filter(isPartitionName);
  const isPartition = isPartitionName(basename(inside));
  const parts = files
    .filter((name) => isPartName(name) || (isPartition && canHaveRatings(name)))
    .map((name) => join(inside, name));
  for (const name of partitions) parts.push(...(await partsIn(folder, join(inside, name), limits)));
  if (parts.length <= limits.files) return parts;
  const { files: most } = limits;
  throw overLimit(
    folder,
    `it has more than ${most.toLocaleString('en')} parts, which is the limit`,
    'Join the parts into fewer files.',
  );
}

async function tableOf(
  names: readonly string[],
  folder: string,
  shown: string,
  search: Search,
): Promise<Found> {
  const all: RatingsPart[] = [];
  for (const name of names) {
    const found = await ratingsOf(join(folder, name), join(shown, name), search, 0);
    for (const part of found?.parts ?? []) all.push({ ...part, name });
  }
  // Spark writes an empty file where a part has no rows.
  const filled = all.filter(({ shape }) => shape !== EMPTY_SHAPE);
  const { files, folders } = await contentOf(folder);
  const unused = [...files, ...folders.filter((name) => !isPartitionName(name)).map((name) => `${name}/`)];
  return {
    parts: filled.length === 0 ? all.slice(0, 1) : filled,
    originals: names.map((name) => join(folder, name)),
    folders: [folder, dirname(folder)],
    unused: unused.filter((name) => !names.includes(name)),
  };
}

async function noRatings(path: string, search: Search): Promise<OperatorError> {
  if (!(await stat(path)).isDirectory()) return noRatingsAmong(path, []);
  const { files, folders } = await contentOf(path);
  const names = [...files, ...folders.map((name) => `${name}/`)];
  for (const name of files.filter(canHaveRatings)) {
    const problem = await ratingsOf(join(path, name), name, search, 0).then(
      () => null,
      (error: unknown) => error,
    );
    if (problem instanceof OperatorError && files.length === 1) return problem;
  }
  return noRatingsAmong(path, names);
}

function noRatingsAmong(path: string, names: readonly string[]): OperatorError {
  const content = names.length === 0 ? 'it is empty' : `it has ${listed(names)}`;
  return new OperatorError(
    'source-unknown-layout',
    `${path} has no ratings file; ${content}.`,
    ACCEPTED_LAYOUTS,
  );
}

/** The nearest file with such a name, which is not itself of ratings. Its name is its path. */
async function fileBeside(
  { folders, parts }: Found,
  isNamed: (name: string) => boolean,
  search: Search,
): Promise<NamedFile | null> {
  for (const each of folders) {
    const { files } = await contentOf(each).catch(() => ({ files: [] }));
    const name = files.find((known) => isNamed(known) && !parts.some((part) => part.name === known));
    if (name === undefined) continue;
    const original = join(each, name);
    const { file, kind } = await plainFile(original, original, search.workspace);
    if (kind !== 'zip') return { file, name: original };
  }
  return null;
}

/** Ratings can be read without links, so a file of links that cannot be read is no error. */
async function linksBeside(found: Found, search: Search): Promise<SourceFiles['links']> {
  try {
    const links = await fileBeside(found, isLinksName, search);
    return links && { ...links, problem: null };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return { file: '', name: '', problem: error.message };
  }
}

/** A file of Kaggle's The Movies Dataset: its ids are not those of the ratings beside it. */
const OTHER_IDS = /^movies_metadata\./i;

/** The files whose first line has a title. */
async function moviesAmong(folder: string, names: readonly string[]): Promise<readonly string[]> {
  const like: string[] = [];
  for (const name of names.filter(
    (each) => !each.endsWith('/') && !isExpectedCompanion(each) && !OTHER_IDS.test(each),
  )) {
    const known = await recogniseRatings(join(folder, name)).catch(() => null);
    if (known?.kind === 'unknown' && /\b(movie_?)?(title|name)s?\b/i.test(known.firstLine)) like.push(name);
  }
  return like;
}
