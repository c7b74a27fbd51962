import { createRoute, z } from '@hono/zod-openapi';
import type { Api, Routes } from '../api.ts';
import { cacheable, FOR_EVERYONE } from '../caching.ts';
import { LIMITS } from '../limits.ts';
import { DAMPING, moviesByDampedMean, moviesByPopularity, similarMovies } from '../movie-lists.ts';
import { encodeCursor, genreParameter, genrePosition, kParameter, readCursor } from '../parameters.ts';
import { ApiProblem, problems } from '../problem.ts';
import type { RequestId, RequestIds } from '../request-ids.ts';
import { rounded } from '../rounded.ts';
import { idSchemas, json, NOT_MODIFIED } from '../schemas.ts';

/** The routes, with ids as the served bundle has them. */
function routesWith(ids: RequestIds) {
  const { id, movieSchema, ratedMovieSchema } = idSchemas(ids);
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
          .max(LIMITS.query)
          .optional()
          .openapi({ description: 'Words of the title, such as `shawshenk redem`.', example: 'the' }),
        genre: genreParameter,
        limit: kParameter,
        cursor: z.string().max(64).optional().openapi({ description: '`next` of the previous page.' }),
      }),
    },
    responses: {
      200: json(
        'Best match first.',
        z
          .object({
            movies: z.array(ratedMovieSchema),
            total: z.int().nonnegative().openapi({ description: 'Number of movies on all pages.' }),
            next: z
              .string()
              .nullable()
              .openapi({ description: 'The `cursor` of the next page. Null on the last page.' }),
          })
          .openapi('MoviePage'),
      ),
      ...NOT_MODIFIED,
      ...problems('invalid-request'),
    },
  });

  const byId = z.object({ id: ids.parameter('Movie id.', 7) });

  const details = createRoute({
    operationId: 'getMovie',
    method: 'get',
    path: '/movies/{id}',
    tags: ['Movies'],
    summary: 'Get a movie',
    request: { params: byId },
    responses: {
      200: json('The movie.', ratedMovieSchema),
      ...NOT_MODIFIED,
      ...problems('invalid-request', 'not-found'),
    },
  });

  const similarMoviesSchema = z.object({
    strategy: z.enum(['ratings', 'genres']).openapi({ description: 'What the similarity is based on.' }),
    similar: z.array(
      movieSchema.extend({
        similarity: z.number().min(-1).max(1).openapi({ description: '1 is the highest similarity.' }),
      }),
    ),
  });

  const similar = createRoute({
    operationId: 'listSimilarMovies',
    method: 'get',
    path: '/movies/{id}/similar',
    tags: ['Movies'],
    summary: 'List similar movies',
    description:
      'By the people who like both, genres, years, and titles that look like one series (`ratings`); or, for a movie without ratings, by genres and year (`genres`).',
    request: { params: byId, query: z.strictObject({ k: kParameter, genre: genreParameter }) },
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
      query: z.strictObject({ movies: ids.movieList(), k: kParameter, genre: genreParameter }),
    },
    responses: {
      200: json('Most similar first.', similarMoviesSchema.openapi('SimilarToAll')),
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
    request: { query: z.strictObject({ genre: genreParameter, k: kParameter }) },
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

  return { search, details, similar, similarToAll, top };
}

export function movieRoutes(api: Api, routes: Routes): void {
  const { bodies, serving, tag } = api;
  const { catalogue } = serving;
  const { search, details, similar, similarToAll, top } = routesWith(api.ids);
  const popular = moviesByPopularity(catalogue);
  const byDampedMean = moviesByDampedMean(catalogue);

  routes.openapi(search, (c) => {
    const { query, genre, limit, cursor } = c.req.valid('query');
    const genreAt = genrePosition(catalogue, genre);
    const start = cursor === undefined ? 0 : readCursor(cursor, tag);
    return cacheable(c, api, FOR_EVERYONE, () => {
      const found = query === undefined || query.trim() === '' ? popular() : serving.search(query);
      const rows = ofGenre(found, genreAt);
      const end = start + limit;
      return {
        movies: Array.from(rows.slice(start, end), bodies.ratedMovie),
        total: rows.length,
        next: end < rows.length ? encodeCursor(end, tag) : null,
      };
    });
  });

  routes.openapi(details, (c) => {
    const { id } = c.req.valid('param');
    const row = rowOf(id);
    return cacheable(c, api, FOR_EVERYONE, () => bodies.ratedMovie(row));
  });

  routes.openapi(similar, (c) => {
    const { id: movieId } = c.req.valid('param');
    const { k, genre } = c.req.valid('query');
    const row = rowOf(movieId);
    const genreAt = genrePosition(catalogue, genre);
    return cacheable(c, api, FOR_EVERYONE, () => ({ movie: movieId, ...similarTo([row], k, genreAt) }));
  });

  routes.openapi(similarToAll, (c) => {
    const { movies, k, genre } = c.req.valid('query');
    const rows = [...new Set(movies)].map(rowOf);
    const genreAt = genrePosition(catalogue, genre);
    return cacheable(c, api, FOR_EVERYONE, () => similarTo(rows, k, genreAt));
  });

  routes.openapi(top, (c) => {
    const { genre, k } = c.req.valid('query');
    const genreAt = genrePosition(catalogue, genre);
    return cacheable(c, api, FOR_EVERYONE, () => {
      const { rows, dampedMeanOf } = byDampedMean();
      const movies = Array.from(ofGenre(rows, genreAt).slice(0, k), (row) => ({
        ...bodies.ratedMovie(row),
        dampedMean: rounded(dampedMeanOf(row)),
      }));
      return { movies };
    });
  });

  function similarTo(rows: readonly number[], k: number, genre: number | null) {
    const { strategy, movies } = similarMovies(serving, bodies.similarity(), rows, { k, genre });
    return {
      strategy,
      similar: movies.map(({ movieId, similarity }) => ({ ...bodies.movie(movieId), similarity })),
    };
  }

  function ofGenre(rows: Int32Array, genre: number | null): Int32Array {
    return genre === null ? rows : rows.filter((row) => catalogue.isOfGenre(row, genre));
  }

  function rowOf(id: RequestId): number {
    const row = catalogue.movies.rowOf(api.ids.movieOf(id));
    if (row >= 0) return row;
    throw new ApiProblem('not-found', `Movie ${id} is unknown. Search for a movie: /api/v1/movies?query=….`);
  }
}
