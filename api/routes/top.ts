import { createRoute, z } from '@hono/zod-openapi';
import { rounded } from '../answers.ts';
import type { Api, Routes } from '../api.ts';
import { FOR_EVERYONE, isKnown } from '../caching.ts';
import { genreRow } from '../genre.ts';
import { lasting } from '../kept-answers.ts';
import { DAMPING, moviesByDampedMean } from '../movie-lists.ts';
import { problems } from '../problem.ts';
import { genreInText, kInText, ratedMovieSchema } from '../schemas.ts';

const top = createRoute({
  operationId: 'listTopMovies',
  method: 'get',
  path: '/top',
  tags: ['Movies'],
  summary: 'The best movies for everyone',
  description: `By damped mean: every movie is given ${DAMPING} ratings at the overall mean beside its own.`,
  request: { query: z.strictObject({ genre: genreInText, k: kInText }) },
  responses: {
    200: {
      description: 'Best first.',
      content: {
        'application/json': {
          schema: z
            .object({
              movies: z.array(
                ratedMovieSchema.extend({ dampedMean: z.number().openapi({ description: 'Stars.' }) }),
              ),
            })
            .openapi('TopMovies'),
        },
      },
    },
    304: { description: 'Unchanged since the answer with this ETag.' },
    ...problems('invalid-request'),
  },
});

export function topRoutes(api: Api, routes: Routes): void {
  const { catalogue } = api.serving;
  const byDampedMean = moviesByDampedMean(catalogue);
  routes.openapi(top, (c) => {
    const { genre, k } = c.req.valid('query');
    const genreAt = genreRow(catalogue, genre);
    if (isKnown(c, api, FOR_EVERYONE)) return c.body(null, 304);
    const { rows, dampedMeanOf } = byDampedMean();
    const best: number[] = [];
    for (let at = 0; at < rows.length && best.length < k; at++) {
      const row = rows[at] as number;
      if (genreAt === null || catalogue.isOfGenre(row, genreAt)) best.push(row);
    }
    const movies = best.map((row) => ({
      ...api.answers.ratedMovie(row),
      dampedMean: rounded(dampedMeanOf(row)),
    }));
    return lasting(c, { movies });
  });
}
