import { createRoute, z } from '@hono/zod-openapi';
import type { GivenRating } from '../../pipeline/model/model.ts';
import type { Api, Routes } from '../api.ts';
import { FOR_ONE, isKnown } from '../caching.ts';
import { genreRow } from '../genre.ts';
import { lasting } from '../kept-answers.ts';
import { LIMITS } from '../limits.ts';
import { ApiProblem, problems } from '../problem.ts';
import { acceptJson } from '../refusals.ts';
import {
  DIVERSITY,
  diversityInText,
  EXPLAIN,
  flagInText,
  genreInText,
  id,
  kInText,
  ratingsOfPerson,
  recommendationsSchema,
  userInText,
} from '../schemas.ts';

const content = { 'application/json': { schema: recommendationsSchema } };

const wishes = {
  k: kInText,
  genre: genreInText,
  diversity: diversityInText,
  explain: flagInText(EXPLAIN, false),
};

const forUser = createRoute({
  operationId: 'recommendForUser',
  method: 'get',
  path: '/recommendations',
  tags: ['Recommendations'],
  summary: 'The best movies for a user',
  description:
    'Movies the user has rated are left out. A user the model does not know gets a list by the ratings given since its training, and without any what most people like; `strategy` says which.',
  request: {
    query: z.strictObject({
      user: userInText,
      ...wishes,
      exclude_seen: flagInText('Leave out what the user has rated.', true),
    }),
  },
  responses: {
    200: { description: 'Best first.', content },
    304: { description: 'Unchanged since the answer with this ETag.' },
    ...problems('invalid-request', 'database-unavailable'),
  },
});

const forRatings = createRoute({
  operationId: 'recommendForRatings',
  method: 'post',
  middleware: acceptJson,
  path: '/recommendations',
  tags: ['Recommendations'],
  summary: 'The best movies for somebody new, by their ratings',
  description:
    'The person is fitted to the ratings at once, by the very computation of the training. Nothing is stored.',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          example: { ratings: [{ movie: 7, stars: 4.5 }], k: 3, explain: true },
          schema: z.strictObject({
            ratings: ratingsOfPerson,
            k: z
              .int()
              .min(1)
              .max(LIMITS.k)
              .optional()
              .default(10)
              .openapi({ description: 'How many movies.' }),
            genre: genreInText,
            diversity: z.number().min(0).max(1).optional().default(0).openapi({ description: DIVERSITY }),
            explain: z.boolean().optional().default(false).openapi({ description: EXPLAIN }),
            exclude: z
              .array(id)
              .max(LIMITS.exclude)
              .optional()
              .default([])
              .openapi({ description: 'Further movies that shall not be shown.' }),
          }),
        },
      },
    },
  },
  responses: {
    200: { description: 'Best first.', content },
    ...problems('invalid-request', 'bad-json', 'not-json', 'too-large'),
  },
});

export function recommendationRoutes(api: Api, routes: Routes): void {
  const { answers, serving } = api;
  const { catalogue } = serving;
  const modelVersion = serving.manifest.version;

  routes.openapi(forUser, async (c) => {
    const { user, k, genre, diversity, explain, exclude_seen } = c.req.valid('query');
    const genreAt = genreRow(catalogue, genre);
    // With a database the answer changes with every rating the user gives.
    if (api.database !== null) c.header('cache-control', 'private, no-store');
    else if (isKnown(c, api, FOR_ONE)) return c.body(null, 304);
    const rated = await ratingsOf(api, user);
    const list = answers.list(answers.asker(user, rated), {
      k,
      genre: genreAt,
      diversity,
      explain,
      excludeRated: exclude_seen,
    });
    const answer = { user, modelVersion, ...list };
    return api.database === null ? lasting(c, answer) : c.json(answer, 200);
  });

  routes.openapi(forRatings, (c) => {
    const { ratings, k, genre, diversity, explain, exclude } = c.req.valid('json');
    const given: GivenRating[] = ratings.map(({ movie, stars }) => ({ movieId: movie, stars }));
    const list = answers.list(
      { person: serving.model.foldIn(given), rated: given },
      { k, genre: genreRow(catalogue, genre), diversity, explain, excludeRated: true, exclude },
    );
    c.header('cache-control', 'no-store');
    return c.json({ user: null, modelVersion, ...list }, 200);
  });
}

/**
 * What a user has rated: what the bundle says, and what they have told the API since. Where the bundle does not say
 * it, the database has to.
 */
async function ratingsOf({ serving, database, answers }: Api, user: number): Promise<readonly GivenRating[]> {
  if (serving.seen === null) {
    if (database !== null) return database.ratingsOf(user);
    throw new ApiProblem(
      'database-unavailable',
      'What a user has rated is asked of the database, and none is set up.',
      { headers: { 'retry-after': '3600' } },
    );
  }
  const bundled = answers.seenBy(user);
  if (database === null) return bundled;
  try {
    const told = await database.feedbackOf(user, new Date(serving.bundle.assembledAt));
    const latest = new Map([...bundled, ...told].map((rating) => [rating.movieId, rating]));
    return [...latest.values()];
  } catch (error) {
    if (error instanceof ApiProblem) return bundled;
    throw error;
  }
}
