import { createRoute, z } from '@hono/zod-openapi';
import { imdbText } from '../../pipeline/ratings/movie-links.ts';
import type { OtherCatalogue } from '../../pipeline/serving/served-links.ts';
import type { Api, Routes } from '../api.ts';
import { cacheable, FOR_EVERYONE } from '../caching.ts';
import { encodeCursor, noSuchPage, readCursor } from '../cursor.ts';
import { LIMITS } from '../limits.ts';
import { type AskedFilter, askedMovies, filterParameters } from '../movie-filters.ts';
import {
  DAMPING,
  genreTotals,
  moviesByDampedMean,
  moviesByPopularity,
  similarMovies,
} from '../movie-lists.ts';
import {
  cursorParameter,
  excludeParameter,
  imdbParameter,
  kParameter,
  tmdbParameter,
} from '../parameters.ts';
import { ApiProblem, problems } from '../problem.ts';
import { charge, costOfSimilar } from '../request-costs.ts';
import type { RequestId, RequestIds } from '../request-ids.ts';
import { rounded } from '../rounded.ts';
import { idSchemas, json, NOT_MODIFIED, nextSchema } from '../schemas.ts';

/** What other catalogues are called. */
const LINK_TITLES = { imdb: 'IMDb', tmdb: 'TMDB' } as const satisfies Record<OtherCatalogue, string>;

/** The routes, with ids as the served bundle has them. */
function routesWith(ids: RequestIds) {
  const { id, movieSchema, ratedMovieSchema, movieDetailsSchema } = idSchemas(ids);
  const search = createRoute({
    operationId: 'searchMovies',
    method: 'get',
    path: '/movies',
    tags: ['Movies'],
    summary: 'Search movies by title',
    description:
      'Ignores typing errors, accents and punctuation. The last word may be incomplete. Without `query` the route lists all movies, the most rated first.',
    request: {
      query: z.strictObject({
        query: z
          .string()
          .refine((text) => [...text].length <= LIMITS.query, `must have at most ${LIMITS.query} characters`)
          .optional()
          .openapi({
            maxLength: LIMITS.query,
            description: 'Words of the title, such as `shawshenk redem`.',
            example: 'the',
          }),
        ...filterParameters,
        limit: kParameter,
        cursor: cursorParameter,
      }),
    },
    responses: {
      200: json(
        'Best match first.',
        z
          .object({
            movies: z.array(ratedMovieSchema),
            total: z.int().nonnegative().openapi({ description: 'Number of movies on all pages.' }),
            next: nextSchema,
          })
          .openapi('MoviePage'),
      ),
      ...NOT_MODIFIED,
      ...problems('invalid-request', 'not-found'),
    },
  });

  const similarParameters = { k: kParameter, ...filterParameters, exclude: excludeParameter(ids) };
  const byId = z.object({ id: ids.parameter('Movie id.', 7) });

  const details = createRoute({
    operationId: 'getMovie',
    method: 'get',
    path: '/movies/{id}',
    tags: ['Movies'],
    summary: 'Get a movie',
    request: { params: byId },
    responses: {
      200: json('The movie.', movieDetailsSchema),
      ...NOT_MODIFIED,
      ...problems('invalid-request', 'not-found'),
    },
  });

  const byLink = <Catalogue extends OtherCatalogue>(catalogue: Catalogue, sent: z.ZodType<number>) =>
    createRoute({
      operationId: `getMovieBy${LINK_TITLES[catalogue]}Id`,
      method: 'get',
      path: `/movies/by/${catalogue}/{id}`,
      tags: ['Movies'],
      summary: `Get a movie by its ${LINK_TITLES[catalogue]} id`,
      request: { params: z.object({ id: sent }) },
      responses: {
        200: json('The movie.', movieDetailsSchema),
        ...NOT_MODIFIED,
        ...problems('invalid-request', 'not-found'),
      },
    });
  const byImdb = byLink('imdb', imdbParameter);
  const byTmdb = byLink('tmdb', tmdbParameter);

  const similarMoviesSchema = z
    .object({
      strategy: z.enum(['ratings', 'genres']).openapi({ description: 'What the similarity is based on.' }),
      similar: z.array(
        movieSchema.extend({
          similarity: z.number().min(-1).max(1).openapi({ description: '1 is the highest similarity.' }),
        }),
      ),
    })
    .openapi('SimilarToAll');

  const similar = createRoute({
    operationId: 'listSimilarMovies',
    method: 'get',
    path: '/movies/{id}/similar',
    tags: ['Movies'],
    summary: 'List similar movies',
    description:
      'By the people who like both, genres, years, and titles that look like one series (`ratings`); or, for a movie without ratings, by genres and year (`genres`).',
    request: { params: byId, query: z.strictObject(similarParameters) },
    responses: {
      200: json(
        'Most similar first.',
        similarMoviesSchema.extend({ movie: id('Movie id of the request.') }).openapi('SimilarMovies'),
      ),
      ...NOT_MODIFIED,
      ...problems('invalid-request', 'not-found'),
    },
  });

  const similarToAll = createRoute({
    operationId: 'listMoviesSimilarToAll',
    method: 'get',
    path: '/similar',
    tags: ['Movies'],
    summary: 'List movies similar to several',
    description: 'As for one movie, by the mean similarity with the given movies. They are not in the list.',
    request: {
      query: z.strictObject({
        movies: ids.movieList(LIMITS.similarTo, 'The movies. In a URL, their ids with commas between them.'),
        ...similarParameters,
      }),
    },
    responses: {
      200: json('Most similar first.', similarMoviesSchema),
      ...NOT_MODIFIED,
      ...problems('invalid-request', 'not-found'),
    },
  });

  const top = createRoute({
    operationId: 'listTopMovies',
    method: 'get',
    path: '/top',
    tags: ['Movies'],
    summary: 'List the best movies',
    description: `By damped mean: ${DAMPING} ratings at the overall mean are added to the ratings of each movie.`,
    request: { query: z.strictObject({ ...filterParameters, k: kParameter }) },
    responses: {
      200: json(
        'Best first.',
        z
          .object({
            movies: z.array(
              ratedMovieSchema.extend({ dampedMean: z.number().openapi({ description: 'In stars.' }) }),
            ),
          })
          .openapi('TopMovies'),
      ),
      ...NOT_MODIFIED,
      ...problems('invalid-request'),
    },
  });

  const genres = createRoute({
    operationId: 'listGenres',
    method: 'get',
    path: '/genres',
    tags: ['Movies'],
    summary: 'List the genres',
    responses: {
      200: json(
        'In alphabetical order.',
        z
          .object({
            genres: z.array(
              z.object({
                name: z.string(),
                movies: z.int().nonnegative().openapi({ description: 'Number of movies of this genre.' }),
                ratings: z.int().nonnegative().openapi({ description: 'Number of their ratings.' }),
              }),
            ),
          })
          .openapi('Genres'),
      ),
      ...NOT_MODIFIED,
      ...problems('not-ready'),
    },
  });

  return { search, details, byImdb, byTmdb, similar, similarToAll, top, genres };
}

export function movieRoutes(api: Api, routes: Routes): void {
  const { bodies, serving, tag } = api;
  const { catalogue } = serving;
  const { search, details, byImdb, byTmdb, similar, similarToAll, top, genres } = routesWith(api.ids);
  const popular = moviesByPopularity(catalogue);
  const byDampedMean = moviesByDampedMean(catalogue);

  routes.openapi(search, (c) => {
    const { limit, cursor, ...parameters } = c.req.valid('query');
    const { query = '' } = parameters;
    const passes = askedMovies(catalogue, parameters);
    const list = { tag, parameters };
    const start = cursor === undefined ? 0 : startOf(readCursor(cursor, list));
    return cacheable(c, api, FOR_EVERYONE, () => {
      const found = query.trim() === '' ? popular() : serving.search(query);
      const rows = passes === null ? found : found.filter(passes);
      const end = start + limit;
      return {
        movies: Array.from(rows.slice(start, end), bodies.ratedMovie),
        total: rows.length,
        next: end < rows.length ? encodeCursor(String(end), list) : null,
      };
    });
  });

  routes.openapi(details, (c) => {
    const { id } = c.req.valid('param');
    const row = rowOf(id);
    return cacheable(c, api, FOR_EVERYONE, () => bodies.movieDetails(row));
  });

  routes.openapi(byImdb, (c) => {
    const row = rowOfLink('imdb', c.req.valid('param').id);
    return cacheable(c, api, FOR_EVERYONE, () => bodies.movieDetails(row));
  });

  routes.openapi(byTmdb, (c) => {
    const row = rowOfLink('tmdb', c.req.valid('param').id);
    return cacheable(c, api, FOR_EVERYONE, () => bodies.movieDetails(row));
  });

  routes.openapi(similar, (c) => {
    const { id: movieId } = c.req.valid('param');
    const selection = selectionOf(c.req.valid('query'));
    const row = rowOf(movieId);
    return cacheable(c, api, FOR_EVERYONE, () => ({ movie: movieId, ...similarTo([row], selection) }));
  });

  routes.openapi(similarToAll, (c) => {
    const { movies, ...query } = c.req.valid('query');
    charge(c, costOfSimilar(movies.length));
    const rows = [...new Set(movies)].map(rowOf);
    const selection = selectionOf(query);
    return cacheable(c, api, FOR_EVERYONE, () => similarTo(rows, selection));
  });

  routes.openapi(top, (c) => {
    const { k, ...filter } = c.req.valid('query');
    const passes = askedMovies(catalogue, filter);
    return cacheable(c, api, FOR_EVERYONE, () => {
      const { rows, dampedMeanOf } = byDampedMean();
      const allowed = passes === null ? rows : rows.filter(passes);
      const movies = Array.from(allowed.slice(0, k), (row) => ({
        ...bodies.ratedMovie(row),
        dampedMean: rounded(dampedMeanOf(row)),
      }));
      return { movies };
    });
  });

  routes.openapi(genres, (c) =>
    cacheable(c, api, FOR_EVERYONE, () => ({ genres: [...genreTotals(catalogue)] })),
  );

  function similarTo(rows: readonly number[], selection: Parameters<typeof similarMovies>[3]) {
    const { strategy, movies } = similarMovies(serving, bodies.similarity(), rows, selection);
    return {
      strategy,
      similar: movies.map(({ movieId, similarity }) => ({ ...bodies.movie(movieId), similarity })),
    };
  }

  function selectionOf({
    k,
    exclude,
    ...filter
  }: AskedFilter & { readonly k: number; readonly exclude: readonly RequestId[] }) {
    return { k, passes: askedMovies(catalogue, filter), exclude: exclude.map(api.ids.movieOf) };
  }

  function rowOfLink(other: OtherCatalogue, number: number): number {
    const row = serving.links?.rowOf(other, number) ?? -1;
    if (row >= 0) return row;
    const sent = `${LINK_TITLES[other]} id ${other === 'imdb' ? imdbText(number) : number}`;
    throw new ApiProblem(
      'not-found',
      serving.links === null
        ? `No movie of this service has an id of another catalogue, so ${sent} is unknown. Its operator adds them with a links.csv beside the ratings.`
        : `No movie has the ${sent}. Search for a movie by its title: /api/v1/movies?query=….`,
    );
  }

  function rowOf(id: RequestId): number {
    const row = catalogue.movies.rowOf(api.ids.movieOf(id));
    if (row >= 0) return row;
    throw new ApiProblem('not-found', `Movie ${id} is unknown. Search for a movie: /api/v1/movies?query=….`);
  }
}

/** Where a page of movies starts. @throws ApiProblem for a position that is none. */
function startOf(position: string): number {
  if (/^\d{1,7}$/.test(position)) return Number(position);
  throw noSuchPage('is not a cursor issued by this API');
}
