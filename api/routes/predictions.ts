import { createRoute, z } from '@hono/zod-openapi';
import type { Model } from '../../pipeline/model/model.ts';
import type { Bundle } from '../../pipeline/serving/serving-files.ts';
import { ABOUT_USERS, aboutUsers, requireUsers } from '../access.ts';
import type { Api, Routes } from '../api.ts';
import { aboutOpenUser, aboutUser } from '../caching.ts';
import { LIMITS } from '../limits.ts';
import { problems } from '../problem.ts';
import { charge, costOfPredictions } from '../request-costs.ts';
import type { RequestIds } from '../request-ids.ts';
import { acceptJson, BODY_PROBLEMS } from '../request-validation.ts';
import { idSchemas, json, jsonBody, NOT_MODIFIED, versionSchema } from '../schemas.ts';
import type { TargetUser } from '../target-users.ts';

/** The routes, with ids as the served bundle has them. */
function routesWith(ids: RequestIds, userRoutes: Bundle['userRoutes']) {
  const { id, predictionSchema } = idSchemas(ids);
  const onePrediction = predictionSchema.extend({ modelVersion: versionSchema }).openapi('OnePrediction');
  const manyPredictions = z
    .object({ modelVersion: versionSchema, predictions: z.array(predictionSchema) })
    .openapi('Predictions');

  const one = createRoute({
    operationId: 'predict',
    method: 'get',
    path: '/predictions',
    tags: ['Predictions'],
    summary: 'Predict a rating',
    ...aboutUsers(userRoutes),
    description: 'The user and the movie may be unknown. `strategy` says what the prediction is based on.',
    request: {
      query: z.strictObject({ user: ids.parameter('User id.', 1), movie: ids.parameter('Movie id.', 7) }),
    },
    responses: {
      200: json('The prediction.', onePrediction),
      ...NOT_MODIFIED,
      ...problems(...ABOUT_USERS, 'invalid-request'),
    },
  });

  const many = createRoute({
    operationId: 'predictMany',
    method: 'post',
    ...aboutUsers(userRoutes, acceptJson),
    path: '/predictions',
    tags: ['Predictions'],
    summary: `Predict up to ${LIMITS.pairs.toLocaleString('en')} ratings`,
    request: {
      body: jsonBody(
        { pairs: [1, 2].map((user) => ({ user: ids.example(user), movie: ids.example(7) })) },
        z.strictObject({
          pairs: z
            .array(z.strictObject({ user: id(), movie: id() }))
            .min(1)
            .max(LIMITS.pairs),
          modelOnly: z.boolean().default(false).openapi({
            description: 'Predict by what the model has learned; newer ratings of the users do not count.',
          }),
        }),
      ),
    },
    responses: {
      200: json('The predictions, in the order of the pairs.', manyPredictions),
      ...problems(...ABOUT_USERS, 'invalid-request', ...BODY_PROBLEMS),
    },
  });

  return { one, many };
}

export function predictionRoutes(api: Api, routes: Routes): void {
  const { bodies, serving } = api;
  const { ids } = api;
  const { one, many } = routesWith(ids, serving.bundle.userRoutes);
  const modelVersion = serving.manifest.version;

  routes.openapi(one, (c) => {
    const { user, movie } = c.req.valid('query');
    requireUsers(c, [user]);
    const predict = ({ person }: TargetUser) => ({
      ...bodies.prediction(user, movie, person.predict(ids.movieOf(movie))),
      modelVersion,
    });
    if (c.get('key') !== undefined) return aboutUser(c, api, user, predict);
    const userId = ids.bundledUser(user);
    return aboutOpenUser(c, api, userId, () => predict(api.users.ofBundle(userId)));
  });

  routes.openapi(many, async (c) => {
    const { pairs, modelOnly } = c.req.valid('json');
    const users = pairs.map(({ user }) => user);
    requireUsers(c, users);
    charge(c, costOfPredictions(pairs.length));
    const isOpen = c.get('key') === undefined;
    const userIds = isOpen ? users.map(ids.bundledUser) : await ids.usersOf(users);
    const personOf = await personsOf(userIds, { modelOnly, isOpen });
    const predictions = pairs.map(({ user, movie }, at) =>
      bodies.prediction(user, movie, personOf(userIds[at] as number).predict(ids.movieOf(movie))),
    );
    c.header('cache-control', 'no-store');
    return c.json({ modelVersion, predictions }, 200);
  });

  async function personsOf(
    userIds: readonly number[],
    { modelOnly, isOpen }: { readonly modelOnly: boolean; readonly isOpen: boolean },
  ): Promise<Model['person']> {
    if (modelOnly || isOpen) await api.users.lookForErasures();
    if (modelOnly) {
      const { person, foldIn } = serving.model;
      return (userId) => (api.users.isErased(userId) ? foldIn([]) : person(userId));
    }
    if (isOpen) return (userId) => api.users.ofBundle(userId).person;
    const { users } = await api.users.find(userIds);
    return (userId) => (users.get(userId) as TargetUser).person;
  }
}
