import { createRoute, z } from '@hono/zod-openapi';
import { GROUP_METHODS } from '../../pipeline/model/group-list.ts';
import type { Bundle } from '../../pipeline/serving/serving-files.ts';
import { ABOUT_USERS, aboutUsers, needs, requireUsers } from '../access.ts';
import type { Api, Routes } from '../api.ts';
import { LIMITS } from '../limits.ts';
import { limitFields, listFields } from '../list-fields.ts';
import { askedMovies } from '../movie-filters.ts';
import { openLists, requireOpen } from '../open-lists.ts';
import { problems } from '../problem.ts';
import { charge, costOfGroup, costOfLists } from '../request-costs.ts';
import type { RequestId, RequestIds } from '../request-ids.ts';
import { acceptJson, BODY_PROBLEMS } from '../request-validation.ts';
import { flagField, idSchemas, json, jsonBody, versionSchema } from '../schemas.ts';
import type { TargetUser } from '../target-users.ts';

/** The routes, with ids as the served bundle has them. */
function routesWith(ids: RequestIds, userRoutes: Bundle['userRoutes']) {
  const { id, movieSchema, listSchema } = idSchemas(ids);
  const users = (most: number, least: number) =>
    z.array(id()).min(least).max(most).openapi({ description: 'A user who is named twice counts twice.' });
  const failures = problems(...ABOUT_USERS, 'invalid-request', ...BODY_PROBLEMS);

  const forUsers = createRoute({
    operationId: 'recommendForUsers',
    method: 'post',
    ...aboutUsers(userRoutes, acceptJson),
    path: '/recommendations/users',
    tags: ['Recommendations'],
    summary: `Recommend movies to up to ${LIMITS.users} users, a list for each`,
    description: 'Each list is the one that the user gets from `GET /recommendations`.',
    request: {
      body: jsonBody(
        { users: [ids.example(1), ids.example(2)], k: 3 },
        z.strictObject({
          users: users(LIMITS.users, 1),
          ...listFields(ids),
          excludeSeen: flagField('Leave out movies that the user has rated.', true),
        }),
      ),
    },
    responses: {
      200: json(
        'The lists, in the order of the users.',
        z
          .object({
            modelVersion: versionSchema,
            lists: z.array(listSchema.extend({ user: id() }).openapi('UserList')),
          })
          .openapi('UserLists'),
      ),
      ...failures,
    },
  });

  const forGroup = createRoute({
    operationId: 'recommendForGroup',
    method: 'post',
    ...needs('read', acceptJson),
    path: '/recommendations/group',
    tags: ['Recommendations'],
    summary: 'Recommend movies to a group of users, one list for all',
    description:
      'Movies that one of them has rated are left out. With `average` the list has what the group likes on the whole; with `least-misery` each movie counts as much as it does to the user who likes it least.',
    request: {
      body: jsonBody(
        { users: [ids.example(1), ids.example(2)], k: 3, method: 'least-misery' },
        z.strictObject({
          users: users(LIMITS.group, 2),
          ...limitFields(ids),
          method: z.enum(GROUP_METHODS).default('average').openapi({
            description: 'How the scores of the users become one: their mean, or the lowest.',
          }),
          minRating: z.number().min(0).max(5).optional().openapi({
            description: 'Only movies with a predicted rating of so many stars or more for every user.',
          }),
        }),
      ),
    },
    responses: {
      200: json(
        'Best first.',
        z
          .object({
            modelVersion: versionSchema,
            method: z.enum(GROUP_METHODS),
            excluded: z
              .int()
              .nonnegative()
              .openapi({ description: 'Number of rated movies that are left out.' }),
            recommendations: z.array(
              movieSchema.extend({
                rating: z.number().openapi({ description: 'Mean of the predicted stars of the users.' }),
                ratings: z
                  .array(z.number())
                  .openapi({ description: 'Predicted stars of each user, in the order of the users.' }),
              }),
            ),
          })
          .openapi('GroupList'),
      ),
      ...failures,
    },
  });

  return { forUsers, forGroup };
}

export function userListRoutes(api: Api, routes: Routes): void {
  const { bodies, ids, serving } = api;
  const { catalogue } = serving;
  const { forUsers, forGroup } = routesWith(ids, serving.bundle.userRoutes);
  const openList = openLists(api);
  const modelVersion = serving.manifest.version;

  routes.openapi(forUsers, async (c) => {
    const { users, excludeSeen, exclude, ...rest } = c.req.valid('json');
    const options = {
      ...rest,
      passes: askedMovies(catalogue, rest),
      excludeRated: excludeSeen,
      exclude: exclude.map(ids.movieOf),
    };
    requireOpen(c, Object.keys(await c.req.json()));
    requireUsers(c, users);
    charge(c, costOfLists(users.length, rest));
    await api.users.lookForErasures();
    const given =
      c.get('key') === undefined
        ? users.map((user) => openList(ids.bundledUser(user), options).list)
        : (await targetsOf(users)).map((target) => bodies.list(target, options));
    const lists = given.map((list, at) => ({ user: users[at] as RequestId, ...list }));
    c.header('cache-control', 'no-store');
    return c.json({ modelVersion, lists }, 200);
  });

  routes.openapi(forGroup, async (c) => {
    const { users, exclude, ...rest } = c.req.valid('json');
    requireUsers(c, users);
    charge(c, costOfGroup(users.length));
    const list = bodies.groupList(await targetsOf(users), {
      ...rest,
      passes: askedMovies(catalogue, rest),
      exclude: exclude.map(ids.movieOf),
    });
    c.header('cache-control', 'no-store');
    return c.json({ modelVersion, method: rest.method, ...list }, 200);
  });

  /** @throws ApiProblem when the ratings of a user are not known: a list could have movies that the user has rated. */
  async function targetsOf(sent: readonly RequestId[]): Promise<readonly TargetUser[]> {
    const userIds = await ids.usersOf(sent);
    const { users } = await api.users.find(userIds);
    return userIds.map((userId) => {
      const target = users.get(userId) as TargetUser;
      if (target.problem !== null) throw target.problem;
      return target;
    });
  }
}
