import { z } from '@hono/zod-openapi';
import type { Catalogue } from '../pipeline/serving/catalogue.ts';
import { filterRows, type MovieFilter, type YearRange } from '../pipeline/serving/movie-filter.ts';
import { ApiProblem } from './problem.ts';
import { genreName } from './schemas.ts';

/** How several genres count. */
const MATCHES = ['any', 'all'] as const;

/** Genres in one request. */
const MOST_GENRES = 20;
const genre = z
  .union([genreName, z.array(genreName).min(1).max(MOST_GENRES)])
  .optional()
  .openapi({
    description:
      'Only movies of this genre, or of several. Upper and lower case are equal, and `horror,comedy` are two genres.',
  });

const genreMatch = z.enum(MATCHES).default('any').openapi({
  default: 'any',
  description: 'Of several genres, whether a movie needs one (`any`) or every one (`all`).',
});

const yearText = z
  .string()
  .regex(
    /^([0-9]{4}(-([0-9]{4})?)?|-[0-9]{4})$/,
    'must be a year or a range of years, such as 1994, 1990-1999, 1990- or -1960',
  );

const LAST_YEAR = 9999;
const year = z
  .union([yearText, z.int().min(1000).max(LAST_YEAR)])
  .optional()
  .openapi({
    description:
      'Only movies of these years: `1994`, `1990-1999`, `1990-`, `-1960`. Both ends are included. A movie without a year is left out.',
  });

/** The parameters of every list that can be limited to some movies. */
export const filterParameters = { genre, genre_match: genreMatch, year };
/** The same as fields of a body. */
export const filterFields = { genre, genreMatch, year };

function yearsOf(years: string | number): YearRange {
  const [first = '', last = first] = String(years).split('-');
  const [from, to] = [Number(first), last === '' ? LAST_YEAR : Number(last)];
  return from <= to ? { from, to } : { from: to, to: from };
}

/** What a request says about the movies of its list, as parameters or as fields. */
export interface AskedFilter {
  readonly genre?: string | readonly string[] | undefined;
  readonly genre_match?: MovieFilter['match'];
  readonly genreMatch?: MovieFilter['match'];
  readonly year?: string | number | undefined;
}

/**
 * Whether a movie of the catalogue, by its row, may be in the list of a request. Null for a request without a filter.
 *
 * @throws ApiProblem for an unknown genre.
 */
export function askedMovies(
  catalogue: Pick<Catalogue, 'genres' | 'isOfGenre' | 'yearOf'>,
  { genre, genre_match: parameter, genreMatch: field, year }: AskedFilter,
): ((row: number) => boolean) | null {
  return filterRows(catalogue, {
    genres: genrePositions(catalogue.genres, genre),
    match: parameter ?? field ?? 'any',
    years: year === undefined ? null : yearsOf(year),
  });
}

function genrePositions(
  genres: readonly string[],
  asked: string | readonly string[] | undefined,
): readonly number[] {
  const positionOf = (name: string): number =>
    genres.findIndex((known) => known.toLowerCase() === name.trim().toLowerCase());
  // The name of a genre may have a comma.
  const names = [asked ?? []].flat().flatMap((text) => (positionOf(text) < 0 ? text.split(',') : text));
  return [...new Set(names)].map((name) => {
    const position = positionOf(name);
    if (position >= 0) return position;
    const message = `${JSON.stringify(name)} is unknown`;
    throw new ApiProblem(
      'invalid-request',
      `genre: ${message}. The genres are ${genres.join(', ') || '(none)'}.`,
      { errors: [{ at: 'genre', message }] },
    );
  });
}
