import { createRoute, z } from '@hono/zod-openapi';
import type { Api, Routes } from '../api.ts';
import { cacheable, FOR_EVERYONE } from '../caching.ts';
import { DAMPING, moviesByDampedMean } from '../movie-lists.ts';
import { genreParameter, genrePosition, kParameter } from '../parameters.ts';
import { problems } from '../problem.ts';
import { rounded } from '../response-bodies.ts';
import { ratedMovieSchema } from '../schemas.ts';

const top = createRoute({
  operationId: 'listTopMovies',
  method: 'get',
  path: '/top',
  tags: ['Movies'],
  summary: 'List the best movies',
  description: `By damped mean: ${DAMPING} ratings at the overall mean are added to the ratings of each movie.`,
  request: { query: z.strictObject({ genre: genreParameter, k: kParameter }) },
  responses: {
    200: {
      description: 'Best first.',
      content: {
        'application/json': {
          schema: z
            .object({
              movies: z.array(
                ratedMovieSchema.extend({ dampedMean: z.number().openapi({ description: 'In stars.' }) }),
              ),
            })
            .openapi('TopMovies'),
        },
      },
    },
    304: { description: 'Not changed: the client has this response already.' },
    ...problems('invalid-request'),
  },
});

export function topRoutes(api: Api, routes: Routes): void {
  const { catalogue } = api.serving;
  const byDampedMean = moviesByDampedMean(catalogue);
  routes.openapi(top, (c) => {
    const { genre, k } = c.req.valid('query');
    const genreAt = genrePosition(catalogue, genre);
    return cacheable(c, api, FOR_EVERYONE, () => {
      const { rows, dampedMeanOf } = byDampedMean();
      const best: number[] = [];
      for (let at = 0; at < rows.length && best.length < k; at++) {
        const row = rows[at] as number;
        if (genreAt === null || catalogue.isOfGenre(row, genreAt)) best.push(row);
      }
      const movies = best.map((row) => ({
        ...api.bodies.ratedMovie(row),
        dampedMean: rounded(dampedMeanOf(row)),
      }));
      return { movies };
    });
  });
}
