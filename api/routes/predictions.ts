import { createRoute, z } from '@hono/zod-openapi';
import type { Model } from '../../pipeline/model/model.ts';
import type { Api, Routes } from '../api.ts';
import { aboutUser } from '../caching.ts';
import { LIMITS } from '../limits.ts';
import { problems } from '../problem.ts';
import type { RequestIds } from '../request-ids.ts';
import { acceptJson } from '../request-validation.ts';
import { idSchemas, json, jsonBody, NOT_MODIFIED, versionSchema } from '../schemas.ts';
import type { TargetUser } from '../target-users.ts';

/** The routes, with ids as the served bundle has them. */
function routesWith(ids: RequestIds) {
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
    description: 'The user and the movie may be unknown. `strategy` says what the prediction is based on.',
    request: {
      query: z.strictObject({ user: ids.parameter('User id.', 1), movie: ids.parameter('Movie id.', 7) }),
    },
    responses: {
      200: json('The prediction.', onePrediction),
      ...NOT_MODIFIED,
      ...problems('invalid-request'),
    },
  });

  const many = createRoute({
    operationId: 'predictMany',
    method: 'post',
    middleware: acceptJson,
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
      ...problems('invalid-request', 'bad-json', 'not-json', 'too-large'),
    },
  });

  return { one, many };
}

export function predictionRoutes(api: Api, routes: Routes): void {
  const { bodies, serving } = api;
  const { ids } = api;
  const { one, many } = routesWith(ids);
  const modelVersion = serving.manifest.version;

  routes.openapi(one, (c) => {
    const { user, movie } = c.req.valid('query');
    return aboutUser(c, api, user, ({ person }) => ({
      ...bodies.prediction(user, movie, person.predict(ids.movieOf(movie))),
      modelVersion,
    }));
  });

  routes.openapi(many, async (c) => {
    const { pairs, modelOnly } = c.req.valid('json');
    const userIds = await ids.usersOf(pairs.map(({ user }) => user));
    const personOf = modelOnly ? serving.model.person : await currentPersons(userIds);
    const predictions = pairs.map(({ user, movie }, at) =>
      bodies.prediction(user, movie, personOf(userIds[at] as number).predict(ids.movieOf(movie))),
    );
    c.header('cache-control', 'no-store');
    return c.json({ modelVersion, predictions }, 200);
  });

  async function currentPersons(userIds: readonly number[]): Promise<Model['person']> {
    const { users } = await api.users.find(userIds);
    return (userId) => (users.get(userId) as TargetUser).person;
  }
}
