import { createRoute, z } from '@hono/zod-openapi';
import { NO_INTERACTIONS } from '../../pipeline/model/interactions.ts';
import type { GivenRating } from '../../pipeline/model/model.ts';
import { DEFAULT_NOVELTY } from '../../pipeline/model/novelty.ts';
import type { Api, Routes } from '../api.ts';
import { aboutUser } from '../caching.ts';
import { API_KEY, keyDigest, unknownKey } from '../keys.ts';
import { listFields } from '../list-fields.ts';
import { listPages } from '../list-pages.ts';
import { askedMovies, filterParameters } from '../movie-filters.ts';
import {
  cursorParameter,
  excludeParameter,
  flagParameter,
  kParameter,
  minRatingParameter,
  shareParameter,
  sortParameter,
} from '../parameters.ts';
import { problems } from '../problem.ts';
import type { RequestIds } from '../request-ids.ts';
import { acceptJson } from '../request-validation.ts';
import {
  CALIBRATED,
  DIVERSITY,
  EXPLAIN,
  idSchemas,
  json,
  jsonBody,
  NOT_MODIFIED,
  NOVELTY,
  nextSchema,
  REMEMBER,
} from '../schemas.ts';
import type { TargetUser } from '../target-users.ts';

/** The routes, with ids as the served bundle has them. */
function routesWith(ids: RequestIds) {
  const { newUserRatings, recommendationsSchema } = idSchemas(ids);
  const listed = json(
    'Best first. The pages of a list have no movie twice.',
    recommendationsSchema.extend({ next: nextSchema }).openapi('RecommendationPage'),
  );

  const forUser = createRoute({
    operationId: 'recommendForUser',
    method: 'get',
    path: '/recommendations',
    tags: ['Recommendations'],
    summary: 'Recommend movies to a user',
    description:
      'Movies that the user has rated or watched are left out, and hidden ones in any case. A user with ratings that the model has not learned gets a list by all ratings, and a user without any a list of what most people like; `strategy` says which.',
    request: {
      query: z.strictObject({
        user: ids.parameter('User id.', 1),
        k: kParameter,
        ...filterParameters,
        diversity: shareParameter(DIVERSITY, 0),
        novelty: shareParameter(NOVELTY, DEFAULT_NOVELTY),
        calibrated: flagParameter(CALIBRATED, false),
        min_rating: minRatingParameter,
        sort: sortParameter,
        explain: flagParameter(EXPLAIN, false),
        exclude_seen: flagParameter('Leave out movies that the user has rated or watched.', true),
        exclude: excludeParameter(ids),
        cursor: cursorParameter,
        remember: flagParameter(REMEMBER, false),
      }),
    },
    security: [{}, { [API_KEY]: [] }],
    responses: {
      200: listed,
      ...NOT_MODIFIED,
      ...problems('unauthorised', 'not-found', 'invalid-request', 'database-unavailable'),
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
        { ratings: [{ movie: ids.example(7), stars: 4.5 }], k: 3, explain: true },
        z.strictObject({
          ratings: newUserRatings,
          ...listFields(ids),
          cursor: cursorParameter,
        }),
      ),
    },
    responses: {
      200: listed,
      ...problems('not-found', 'invalid-request', 'bad-json', 'not-json', 'too-large'),
    },
  });

  return { forUser, forRatings };
}

export function recommendationRoutes(api: Api, routes: Routes): void {
  const { ids, serving } = api;
  const { catalogue } = serving;
  const { forUser, forRatings } = routesWith(ids);
  const modelVersion = serving.manifest.version;
  const pages = listPages(api);

  routes.openapi(forUser, async (c) => {
    const { k, cursor, remember, ...parameters } = c.req.valid('query');
    const { user, exclude_seen: excludeRated, min_rating: minRating, ...rest } = parameters;
    const options = {
      ...rest,
      k,
      passes: askedMovies(catalogue, parameters),
      minRating,
      excludeRated,
      exclude: rest.exclude.map(ids.movieOf),
    };
    const pageOf = pages({ parameters, cursor });
    const listFor = (target: TargetUser) => {
      // Without the ratings the list could have movies that the user has rated.
      if (target.problem !== null) throw target.problem;
      return { user, modelVersion, ...pageOf(target, options) };
    };
    if (!remember) return aboutUser(c, api, user, listFor);
    const keySha256 = keyDigest(c);
    const [userId = -1] = await ids.usersOf([user]);
    const list = listFor((await api.users.find([userId])).users.get(userId) as TargetUser);
    const outcome = await api.database?.remember({
      keySha256,
      userId: userId < 0 ? user : userId,
      movieIds: list.recommendations.map(({ movie }) => ids.movieOf(movie)),
      now: api.clock(),
    });
    if (outcome?.status === 'unauthorised') throw unknownKey();
    c.header('cache-control', 'private, no-store');
    return c.json({ ...list, remembered: outcome?.status === 'remembered' }, 200);
  });

  routes.openapi(forRatings, (c) => {
    const { k, cursor, ...parameters } = c.req.valid('json');
    const { ratings, exclude, ...rest } = parameters;
    const given: GivenRating[] = ratings.map(({ movie, stars }) => ({ movieId: ids.movieOf(movie), stars }));
    const list = pages({ parameters, cursor })(
      { person: serving.model.foldIn(given), rated: given, interactions: NO_INTERACTIONS, problem: null },
      {
        ...rest,
        k,
        passes: askedMovies(catalogue, rest),
        excludeRated: true,
        exclude: exclude.map(ids.movieOf),
      },
    );
    c.header('cache-control', 'no-store');
    return c.json({ user: null, modelVersion, ...list }, 200);
  });
}
