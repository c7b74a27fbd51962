import type { Movie } from '../ratings/movie.ts';
import { linksField } from '../ratings/movie-links.ts';
import type { Store } from './store.ts';

interface PackedMovies {
  readonly ids: readonly number[] | null;
  readonly titles: readonly string[];
  readonly years: readonly (number | null)[];
  readonly genres: readonly (readonly string[])[];
  readonly imdb: readonly (number | null)[];
  readonly tmdb: readonly (number | null)[];
}

/** All movies, by ascending id. The query returns one row with six lists, because that is fast. */
export async function readStoredMovies({ sql }: Store): Promise<readonly Movie[]> {
  const [packed] = await sql<PackedMovies[]>`
    select json_agg(movie_id) as ids, json_agg(title) as titles, json_agg(year) as years,
      json_agg(genres) as genres, json_agg(imdb_id) as imdb, json_agg(tmdb_id) as tmdb
    from (select * from movies order by movie_id) as ordered`;
  return (packed?.ids ?? []).map((id, row) => ({
    id,
    title: packed?.titles[row] as string,
    year: packed?.years[row] as number | null,
    genres: packed?.genres[row] as readonly string[],
    ...linksField({ imdb: packed?.imdb[row] ?? null, tmdb: packed?.tmdb[row] ?? null }),
  }));
}

/**
 * The genres of all movies, by id. A drift check needs nothing else, and two packed columns take a third of the time of
 * a query with titles.
 */
export async function readGenres({ sql }: Store): Promise<ReadonlyMap<number, readonly string[]>> {
  const [packed] = await sql<{ ids: Buffer | null; genres: string }[]>`
    select string_agg(int4send(movie_id), '') as ids,
      string_agg(array_to_string(genres, '|'), E'\n') as genres
    from movies`;
  const genres = new Map<number, readonly string[]>();
  if (packed === undefined || packed.ids === null) return genres;
  const { ids } = packed;
  // Thousands of movies share a few hundred combinations, so each is split only once.
  const combinations = new Map<string, readonly string[]>();
  packed.genres.split('\n').forEach((text, row) => {
    const names = combinations.get(text) ?? (text === '' ? [] : text.split('|'));
    combinations.set(text, names);
    genres.set(ids.readInt32BE(4 * row), names);
  });
  return genres;
}
