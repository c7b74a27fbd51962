import { mkdir, rename } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import pl from 'nodejs-polars';
import { OperatorError } from '../lib/errors.ts';
import type { IdNames } from '../ratings/id-names.ts';
import type { Movie } from '../ratings/movie.ts';
import type { Ratings } from '../ratings/ratings.ts';

type Frame = ReturnType<typeof pl.DataFrame>;

/**
 * Writes ratings as Parquet (`user_id`, `movie_id`, `rating` in stars, `rated_at` in seconds since 1970) or,
 * where the name ends in `.csv`, as MovieLens does. Equal ratings give equal bytes.
 *
 * @param options.ids writes names in place of the ids.
 * @param options.hasTimes whether the times are written. @default true
 * @throws OperatorError `usage` for any other extension.
 */
export async function writeRatings(
  path: string,
  ratings: Ratings,
  { ids = null, hasTimes = true }: { readonly ids?: IdNames | null; readonly hasTimes?: boolean } = {},
): Promise<void> {
  const names = isCsv(path)
    ? ['userId', 'movieId', 'rating', 'timestamp']
    : ['user_id', 'movie_id', 'rating', 'rated_at'];
  const stars = Float32Array.from(ratings.halves, (halves) => halves / 2);
  const columns = [
    ids === null ? ratings.userIds : Array.from(ratings.userIds, ids.userName),
    ids === null ? ratings.movieIds : Array.from(ratings.movieIds, ids.movieName),
    stars,
    ratings.ratedAt,
  ];
  const written = hasTimes ? names : names.slice(0, -1);
  await writeFrame(path, pl.DataFrame(written.map((name, i) => pl.Series(name, columns[i] as Int32Array))));
}

/**
 * Writes movies as Parquet (`movie_id`, `title`, `year`, `genres` joined by `|`, and `imdb_id` and `tmdb_id` where
 * there are links) or, where the name ends in
 * `.csv`, as in MovieLens: `movieId`, `title` followed by the year, `genres`.
 *
 * @param names writes names in place of the ids.
 * @throws OperatorError `usage` for any other extension.
 */
export async function writeMovies(
  path: string,
  movies: readonly Movie[],
  names: IdNames | null = null,
): Promise<void> {
  const ids =
    names === null ? Int32Array.from(movies, ({ id }) => id) : movies.map(({ id }) => names.movieName(id));
  const titles = movies.map(({ title }) => title);
  const years = movies.map(({ year }) => year);
  const genres = movies.map((movie) => movie.genres.join('|'));
  const frame = isCsv(path)
    ? pl.DataFrame([
        pl.Series('movieId', ids as Int32Array),
        pl.Series('title', titles.map(withYear(years)), pl.Utf8),
        pl.Series(
          'genres',
          genres.map((joined) => joined || '(no genres listed)'),
          pl.Utf8,
        ),
      ])
    : pl.DataFrame([
        pl.Series('movie_id', ids as Int32Array),
        pl.Series('title', titles, pl.Utf8),
        pl.Series('year', years, pl.Int32),
        pl.Series('genres', genres, pl.Utf8),
        ...linkColumns(movies),
      ]);
  await writeFrame(path, frame);
}

/** No columns when no movie has links. */
const linkColumns = (movies: readonly Movie[]) =>
  movies.some(({ links }) => links !== undefined)
    ? (['imdb', 'tmdb'] as const).map((catalogue) =>
        pl.Series(
          `${catalogue}_id`,
          movies.map(({ links }) => links?.[catalogue] ?? null),
          pl.Int32,
        ),
      )
    : [];

const withYear =
  (years: readonly (number | null)[]) =>
  (title: string, row: number): string =>
    years[row] === null ? title : `${title} (${years[row]})`;

function isCsv(path: string): boolean {
  const extension = extname(path).toLowerCase();
  if (extension === '.csv' || extension === '.parquet') return extension === '.csv';
  throw new OperatorError(
    'usage',
    `${path} has ${extension === '' ? 'no extension' : `the extension ${extension}`}; the format is unknown.`,
    'Use a name that ends in .parquet or .csv.',
  );
}

/** Writes to a temporary name first, so that an interrupted run leaves no partial file. */
async function writeFrame(path: string, frame: Frame): Promise<void> {
  const unfinished = join(dirname(path), `.${basename(path)}.unfinished`);
  await mkdir(dirname(path), { recursive: true });
  if (isCsv(path)) frame.writeCSV(unfinished);
  else frame.writeParquet(unfinished, { compression: 'zstd' });
  await rename(unfinished, path);
}
