import { type IdNames, idNamesOf } from '../ratings/id-names.ts';
import { withSourceFiles } from './locate.ts';
import type { TextIds } from './polars-columns.ts';
import { readMovies } from './read-movies.ts';
import { readSource, type Source, type SourceOptions } from './read-source.ts';
import { namedRatings, numbering, readTexts, textsUnlessNumbers } from './text-ids.ts';

/** Sources that are compared, with one numbering of their ids, and what they call a user and a movie. */
export interface ComparedSources extends IdNames {
  /** The caller may take them out one by one, so that no more than one is kept. */
  readonly sources: Source[];
}

/**
 * Reads several sources whose ids can be of any kind. Whole numbers stay as they are. When the ids of any source are texts,
 * all ids are numbered in the order of their texts, so that the order of rows and files changes nothing, and the numbers
 * are those of all sources.
 *
 * @throws OperatorError `source-unreadable`, `source-unknown-layout`, `usage`.
 */
export async function readComparedSources(
  paths: readonly string[],
  options: SourceOptions,
): Promise<ComparedSources> {
  const { ids = 'auto' } = options;
  const sources: Source[] = [];
  for (const path of paths) sources.push(await readSource(path, { ...options, ids: 'numbers' }));
  const texts = ids === 'numbers' ? null : await textsOf(paths, sources, ids, options);
  if (texts === null) return { sources, userName: String, movieName: String };
  const users = numbering(texts.map((text) => text.users));
  const movies = numbering(texts.map((text) => text.movies));
  const numbered: Source[] = [];
  for (const [index, source] of sources.entries()) {
    numbered.push({
      ...source,
      raw: namedRatings(source.raw, texts[index] as TextIds, { users, movies }),
      movies: await withSourceFiles(paths[index] as string, options, async ({ movies: found }) =>
        found === null ? [] : readMovies(found.file, movies.add),
      ),
    });
  }
  return { sources: numbered, ...idNamesOf({ users: users.names, movies: movies.names }) };
}

/** The ids of every source as texts; null when all have numbers. */
async function textsOf(
  paths: readonly string[],
  sources: readonly Source[],
  ids: 'auto' | 'text',
  options: SourceOptions,
): Promise<readonly TextIds[] | null> {
  const read = (at: number, of: typeof textsUnlessNumbers): Promise<TextIds | null> =>
    withSourceFiles(paths[at] as string, options, ({ parts }) => of(parts, (sources[at] as Source).raw));
  let someText = ids === 'text';
  for (const at of sources.keys()) someText ||= (await read(at, textsUnlessNumbers)) !== null;
  if (!someText) return null;
  const texts: TextIds[] = [];
  for (const at of sources.keys()) texts.push((await read(at, readTexts)) as TextIds);
  return texts;
}
