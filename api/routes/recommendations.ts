import { createRoute, z } from '@hono/zod-openapi';
import type { GivenRating } from '../../pipeline/model/model.ts';
import type { Serving } from '../../pipeline/serving/open-serving.ts';
import type { Api, Routes } from '../api.ts';
import { cacheable, FOR_ONE } from '../caching.ts';
import type { Database } from '../database.ts';
import { LIMITS } from '../limits.ts';
import {
  diversityParameter,
  flagParameter,
  genreParameter,
  genrePosition,
  kParameter,
  userParameter,
} from '../parameters.ts';
import { ApiProblem, problems } from '../problem.ts';
import { acceptJson } from '../request-validation.ts';
import {
  DIVERSITY,
  EXPLAIN,
  id,
  json,
  jsonBody,
  NOT_MODIFIED,
  newUserRatings,
  recommendationsSchema,
} from '../schemas.ts';

const listed = json('Best first.', recommendationsSchema);

const forUser = createRoute({
  operationId: 'recommendForUser',
  method: 'get',
  path: '/recommendations',
  tags: ['Recommendations'],
  summary: 'Recommend movies to a user',
  description:
    'Movies that the user has rated are left out. A user whom the model does not know gets a list by the ratings in the pipeline, and without ratings a list of what most people like; `strategy` says which.',
  request: {
    query: z.strictObject({
      user: userParameter,
      k: kParameter,
      genre: genreParameter,
      diversity: diversityParameter,
      explain: flagParameter(EXPLAIN, false),
      exclude_seen: flagParameter('Leave out movies that the user has rated.', true),
    }),
  },
  responses: {
    200: listed,
    ...NOT_MODIFIED,
    ...problems('invalid-request', 'database-unavailable'),
  },
});

const forRatings = createRoute({
  operationId: 'recommendForRatings',
  method: 'post',
  middleware: acceptJson,
  path: '/recommendations',
  tags: ['Recommendations'],
  summary: 'Recommend movies to a new user, by ratings',
  description:
    'The user is folded in: fitted to the ratings by the same computation as in the training. Nothing is stored.',
  request: {
    body: jsonBody(
      { ratings: [{ movie: 7, stars: 4.5 }], k: 3, explain: true },
      z.strictObject({
        ratings: newUserRatings,
        k: z.int().min(1).max(LIMITS.k).default(10).openapi({ description: 'Number of movies.' }),
        genre: genreParameter,
        diversity: z.number().min(0).max(1).default(0).openapi({ description: DIVERSITY }),
        explain: z.boolean().default(false).openapi({ description: EXPLAIN }),
        exclude: z
          .array(id)
          .max(LIMITS.exclude)
          .default([])
          .openapi({ description: 'Further movies to leave out.' }),
      }),
    ),
  },
  responses: {
    200: listed,
    ...problems('invalid-request', 'bad-json', 'not-json', 'too-large'),
  },
});

export function recommendationRoutes(api: Api, routes: Routes): void {
  const { bodies, database, serving } = api;
  const { catalogue } = serving;
  const modelVersion = serving.manifest.version;

  routes.openapi(forUser, async (c) => {
    const { user, k, genre, diversity, explain, exclude_seen: excludeRated } = c.req.valid('query');
    const options = { k, genre: genrePosition(catalogue, genre), diversity, explain, excludeRated };
    const body = (rated: readonly GivenRating[]) => ({
      user,
      modelVersion,
      ...bodies.list(bodies.targetUser(user, rated), options),
    });
    if (database === null) return cacheable(c, api, FOR_ONE, () => body(bundledRatings(serving, user)));
    // The list changes with every rating of the user.
    c.header('cache-control', 'private, no-store');
    return c.json(body(await currentRatings(serving, database, user)), 200);
  });

  routes.openapi(forRatings, (c) => {
    const { ratings, k, genre, diversity, explain, exclude } = c.req.valid('json');
    const given: GivenRating[] = ratings.map(({ movie, stars }) => ({ movieId: movie, stars }));
    const list = bodies.list(
      { person: serving.model.foldIn(given), rated: given },
      { k, genre: genrePosition(catalogue, genre), diversity, explain, excludeRated: true, exclude },
    );
    c.header('cache-control', 'no-store');
    return c.json({ user: null, modelVersion, ...list }, 200);
  });
}

function bundledRatings({ seen }: Serving, user: number): readonly GivenRating[] {
  if (seen !== null) return seen.ratingsOf(user);
  throw new ApiProblem(
    'database-unavailable',
    'The ratings of users are in a database, and this service has none.',
    { headers: { 'retry-after': '3600' } },
  );
}

/**
 * The ratings in the bundle, updated with what the user has sent to the API since. Where the bundle has no ratings, all
 * are read from the database.
 */
async function currentRatings(
  { bundle, seen }: Serving,
  database: Database,
  user: number,
): Promise<readonly GivenRating[]> {
  if (seen === null) return database.ratingsOf(user);
  const bundled = seen.ratingsOf(user);
  try {
    const feedback = await database.feedbackOf(user, new Date(bundle.assembledAt));
    const latest = new Map([...bundled, ...feedback].map((rating) => [rating.movieId, rating]));
    return [...latest.values()];
  } catch (error) {
    if (error instanceof ApiProblem) return bundled;
    throw error;
  }
}
