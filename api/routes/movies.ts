import { createRoute, z } from '@hono/zod-openapi';
import type { Api, Routes } from '../api.ts';
import { FOR_EVERYONE, isKnown } from '../caching.ts';
import { encodeCursor, readCursor } from '../cursor.ts';
import { genreRow } from '../genre.ts';
import { lasting } from '../kept-answers.ts';
import { LIMITS } from '../limits.ts';
import { moviesByPopularity, type SimilarMovie, similarMovies } from '../movie-lists.ts';
import { ApiProblem, problems } from '../problem.ts';
import { genreInText, kInText, movieInText, movieSchema, ratedMovieSchema } from '../schemas.ts';

const search = createRoute({
  operationId: 'searchMovies',
  method: 'get',
  path: '/movies',
  tags: ['Movies'],
  summary: 'Search for movies by title',
  description:
    'Forgives typing errors, accents and punctuation; the last word may be unfinished. Without a query all movies, the most rated first.',
  request: {
    query: z.strictObject({
      query: z
        .string()
        .max(LIMITS.query)
        .optional()
        .openapi({ description: 'Words of the title, such as `shawshenk redem`.', example: 'the' }),
      genre: genreInText,
      limit: kInText,
      cursor: z.string().max(64).optional().openapi({ description: '`next` of the page before.' }),
    }),
  },
  responses: {
    200: {
      description: 'Best match first.',
      content: {
        'application/json': {
          schema: z
            .object({
              movies: z.array(ratedMovieSchema),
              total: z.int().nonnegative().openapi({ description: 'How many there are on all pages.' }),
              next: z
                .string()
                .nullable()
                .openapi({ description: 'The `cursor` of the next page; null on the last.' }),
            })
            .openapi('MoviePage'),
        },
      },
    },
    304: { description: 'Unchanged since the answer with this ETag.' },
    ...problems('invalid-request'),
  },
});

const byId = z.object({ id: movieInText });

const details = createRoute({
  operationId: 'getMovie',
  method: 'get',
  path: '/movies/{id}',
  tags: ['Movies'],
  summary: 'One movie',
  request: { params: byId },
  responses: {
    200: { description: 'The movie.', content: { 'application/json': { schema: ratedMovieSchema } } },
    304: { description: 'Unchanged since the answer with this ETag.' },
    ...problems('invalid-request', 'not-found'),
  },
});

const similar = createRoute({
  operationId: 'listSimilarMovies',
  method: 'get',
  path: '/movies/{id}/similar',
  tags: ['Movies'],
  summary: 'Movies like this one',
  description:
    'By who chooses to watch them (`ratings`: cosine of what the model has learned of each), or, for a movie it has learned nothing of, by genres and year (`genres`).',
  request: { params: byId, query: z.strictObject({ k: kInText, genre: genreInText }) },
  responses: {
    200: {
      description: 'Most alike first.',
      content: {
        'application/json': {
          schema: z
            .object({
              movie: z.int().positive().openapi({ description: 'The one that was asked for.' }),
              strategy: z.enum(['ratings', 'genres']).openapi({ description: 'What they are alike by.' }),
              similar: z.array(
                movieSchema.extend({
                  similarity: z.number().min(-1).max(1).openapi({ description: '1 is the same.' }),
                }),
              ),
            })
            .openapi('SimilarMovies'),
        },
      },
    },
    304: { description: 'Unchanged since the answer with this ETag.' },
    ...problems('invalid-request', 'not-found'),
  },
});

export function movieRoutes(api: Api, routes: Routes): void {
  const { answers, serving, tag } = api;
  const { catalogue } = serving;
  const popular = moviesByPopularity(catalogue);

  routes.openapi(search, (c) => {
    const { query, genre, limit, cursor } = c.req.valid('query');
    const genreAt = genreRow(catalogue, genre);
    const from = cursor === undefined ? 0 : readCursor(cursor, tag);
    if (isKnown(c, api, FOR_EVERYONE)) return c.body(null, 304);
    const found = query === undefined || query.trim() === '' ? popular() : serving.search.search(query);
    const rows = genreAt === null ? found : found.filter((row) => catalogue.isOfGenre(row, genreAt));
    const page = rows.slice(from, from + limit);
    return lasting(c, {
      movies: Array.from(page, answers.ratedMovie),
      total: rows.length,
      next: from + limit < rows.length ? encodeCursor(from + limit, tag) : null,
    });
  });

  routes.openapi(details, (c) => {
    const { id } = c.req.valid('param');
    const row = rowOf(id);
    if (isKnown(c, api, FOR_EVERYONE)) return c.body(null, 304);
    return lasting(c, answers.ratedMovie(row));
  });

  routes.openapi(similar, (c) => {
    const { id } = c.req.valid('param');
    const { k, genre } = c.req.valid('query');
    const row = rowOf(id);
    const genreAt = genreRow(catalogue, genre);
    if (isKnown(c, api, FOR_EVERYONE)) return c.body(null, 304);
    const { strategy, movies } = similarMovies(serving, answers.likeness(), row, { k, genre: genreAt });
    return lasting(c, {
      movie: id,
      strategy,
      similar: movies.map(({ movieId, similarity }: SimilarMovie) => ({
        ...answers.movie(movieId),
        similarity,
      })),
    });
  });

  function rowOf(id: number): number {
    const row = catalogue.movies.rowOf(id);
    if (row >= 0) return row;
    throw new ApiProblem('not-found', `There is no movie ${id}. Search for one: /api/v1/movies?query=….`);
  }
}
