import { createRoute, z } from '@hono/zod-openapi';
import type { GivenRating } from '../../pipeline/model/model.ts';
import type { Api, Routes } from '../api.ts';
import { cacheable, FOR_ONE } from '../caching.ts';
import { LIMITS } from '../limits.ts';
import { movieParameter, userParameter } from '../parameters.ts';
import { problems } from '../problem.ts';
import { acceptJson } from '../request-validation.ts';
import { id, json, jsonBody, NOT_MODIFIED, predictionSchema, versionSchema } from '../schemas.ts';

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
  request: { query: z.strictObject({ user: userParameter, movie: movieParameter }) },
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
      { pairs: [1, 2].map((user) => ({ user, movie: 7 })) },
      z.strictObject({
        pairs: z
          .array(z.strictObject({ user: id, movie: id }))
          .min(1)
          .max(LIMITS.pairs),
      }),
    ),
  },
  responses: {
    200: json('The predictions, in the order of the pairs.', manyPredictions),
    ...problems('invalid-request', 'bad-json', 'not-json', 'too-large'),
  },
});

export function predictionRoutes(api: Api, routes: Routes): void {
  const { bodies, serving } = api;
  const modelVersion = serving.manifest.version;
  const { model } = serving;

  routes.openapi(one, (c) => {
    const { user, movie } = c.req.valid('query');
    return cacheable(c, api, FOR_ONE, () => ({
      ...bodies.prediction(user, movie, predictorOf(user)(movie)),
      modelVersion,
    }));
  });

  routes.openapi(many, (c) => {
    const { pairs } = c.req.valid('json');
    const predictors = new Map<number, ReturnType<typeof predictorOf>>();
    const predictions = pairs.map(({ user, movie }) => {
      const predict = predictors.get(user) ?? predictorOf(user);
      predictors.set(user, predict);
      return bodies.prediction(user, movie, predict(movie));
    });
    c.header('cache-control', 'no-store');
    return c.json({ modelVersion, predictions }, 200);
  });

  /** Folds in a user who is not in the model by the ratings in the bundle. */
  function predictorOf(user: number) {
    const given: readonly GivenRating[] = model.users.rowOf(user) >= 0 ? [] : bodies.bundledRatings(user);
    return bodies.targetUser(user, given).person.predict;
  }
}
