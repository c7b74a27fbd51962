import { createRoute, z } from '@hono/zod-openapi';
import { NO_INTERACTIONS } from '../../pipeline/model/interactions.ts';
import type { GivenRating } from '../../pipeline/model/model.ts';
import { DEFAULT_NOVELTY } from '../../pipeline/model/novelty.ts';
import type { Bundle } from '../../pipeline/serving/serving-files.ts';
import { ABOUT_USERS, aboutUsers, keyOf, requireScope, requireUsers } from '../access.ts';
import type { Api, Routes } from '../api.ts';
import { aboutOpenUser, aboutUser } from '../caching.ts';
import { unknownKey } from '../keys.ts';
import { listFields } from '../list-fields.ts';
import { listPages } from '../list-pages.ts';
import { askedMovies, filterParameters } from '../movie-filters.ts';
import { openLists, requireOpen } from '../open-lists.ts';
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
import { COST_OF_REMEMBERING, charge, costOfList } from '../request-costs.ts';
import type { RequestIds } from '../request-ids.ts';
import { acceptJson, BODY_PROBLEMS } from '../request-validation.ts';
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
  versionSchema,
} from '../schemas.ts';
import type { TargetUser } from '../target-users.ts';

/** The routes, with ids as the served bundle has them. */
function routesWith(ids: RequestIds, userRoutes: Bundle['userRoutes']) {
  const { id, newUserRatings, listSchema } = idSchemas(ids);
  const listed = json(
    'Best first. The pages of a list have no movie twice.',
    listSchema
      .extend({
        user: id().nullable().openapi({ description: 'User id. Null for a new user.' }),
        modelVersion: versionSchema,
        remembered: z
          .boolean()
          .optional()
          .openapi({ description: 'With `remember`: whether the movies are counted as shown.' }),
        next: nextSchema,
      })
      .openapi('RecommendationPage'),
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
    ...aboutUsers(userRoutes),
    responses: {
      200: listed,
      ...NOT_MODIFIED,
      ...problems(...ABOUT_USERS, 'not-found', 'invalid-request'),
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
      ...problems('not-found', 'invalid-request', ...BODY_PROBLEMS),
    },
  });

  return { forUser, forRatings };
}

export function recommendationRoutes(api: Api, routes: Routes): void {
  const { bodies, ids, serving } = api;
  const { catalogue } = serving;
  const { forUser, forRatings } = routesWith(ids, serving.bundle.userRoutes);
  const modelVersion = serving.manifest.version;
  const pages = listPages(api);
  const openList = openLists(api);

  routes.openapi(forUser, async (c) => {
    const { k, cursor, remember, ...parameters } = c.req.valid('query');
    requireOpen(c, [...new URL(c.req.url).searchParams.keys()]);
    const { user, exclude_seen: excludeRated, min_rating: minRating, ...rest } = parameters;
    requireUsers(c, [user]);
    const options = { ...rest, k, passes: askedMovies(catalogue, parameters), minRating, excludeRated };
    charge(c, costOfList(options) + (remember ? COST_OF_REMEMBERING : 0));
    const excluded = rest.exclude.map(ids.movieOf);
    const page = pages({ parameters, cursor });
    if (c.get('key') === undefined) {
      const userId = ids.bundledUser(user);
      return aboutOpenUser(c, api, userId, () => ({
        user,
        modelVersion,
        ...page((before) => openList(userId, { ...options, exclude: [...excluded, ...before] })),
      }));
    }
    const listFor = (target: TargetUser) => {
      // Without the ratings the list could have movies that the user has rated.
      if (target.problem !== null) throw target.problem;
      return {
        user,
        modelVersion,
        ...page((before) => bodies.page(target, { ...options, exclude: [...excluded, ...before] })),
      };
    };
    if (!remember) return aboutUser(c, api, user, listFor);
    const key = keyOf(c);
    requireScope(key, 'write');
    const [userId = -1] = await ids.usersOf([user]);
    const list = listFor((await api.users.find([userId])).users.get(userId) as TargetUser);
    const outcome = await api.database?.remember({
      keySha256: key.sha256,
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
    charge(c, costOfList({ ...rest, k }, ratings.length));
    const target = {
      person: serving.model.foldIn(given),
      rated: given,
      interactions: NO_INTERACTIONS,
      problem: null,
    };
    const options = { ...rest, k, passes: askedMovies(catalogue, rest), excludeRated: true };
    const excluded = exclude.map(ids.movieOf);
    const list = pages({ parameters, cursor })((before) =>
      bodies.page(target, { ...options, exclude: [...excluded, ...before] }),
    );
    c.header('cache-control', 'no-store');
    return c.json({ user: null, modelVersion, ...list }, 200);
  });
}
