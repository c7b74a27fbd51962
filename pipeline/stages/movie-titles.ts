import { readIdKind, readNames } from '../store/id-names.ts';
import { readStoredMovies } from '../store/read-movies.ts';
import type { Store } from '../store/store.ts';

/** The title of a movie with its year, for people: `Heat (1995)`; `movie 42` where no title is known, with the site's own id. */
export async function movieTitles(store: Store): Promise<(id: number) => string> {
  const titles = new Map(
    (await readStoredMovies(store)).map(({ id, title, year }) => [
      id,
      year === null ? title : `${title} (${year})`,
    ]),
  );
  const names = (await readIdKind(store.sql)) === 'text' ? await readNames(store.sql, 'movie') : null;
  return (id) => titles.get(id) || `movie ${names?.get(id) ?? id}`;
}
