import { createRoute, z } from '@hono/zod-openapi';
import type { GivenRating } from '../../pipeline/model/model.ts';
import type { Api, Routes } from '../api.ts';
import { FOR_ONE, isKnown } from '../caching.ts';
import { lasting } from '../kept-answers.ts';
import { LIMITS } from '../limits.ts';
import { problems } from '../problem.ts';
import { acceptJson } from '../refusals.ts';
import { id, movieInText, predictionSchema, userInText, versionSchema } from '../schemas.ts';

const onePrediction = predictionSchema.extend({ modelVersion: versionSchema }).openapi('OnePrediction');
const manyPredictions = z
  .object({ modelVersion: versionSchema, predictions: z.array(predictionSchema) })
  .openapi('Predictions');

const one = createRoute({
  operationId: 'predict',
  method: 'get',
  path: '/predictions',
  tags: ['Predictions'],
  summary: 'What a user would rate a movie',
  description: 'Neither has to be known: `strategy` says what the prediction is made of.',
  request: {
    query: z.strictObject({ user: userInText, movie: movieInText }),
  },
  responses: {
    200: { description: 'The prediction.', content: { 'application/json': { schema: onePrediction } } },
    304: { description: 'Unchanged since the answer with this ETag.' },
    ...problems('invalid-request'),
  },
});

const many = createRoute({
  operationId: 'predictMany',
  method: 'post',
  middleware: acceptJson,
  path: '/predictions',
  tags: ['Predictions'],
  summary: `Up to ${LIMITS.pairs.toLocaleString('en')} predictions at once`,
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          example: {
            pairs: [
              { user: 1, movie: 7 },
              { user: 2, movie: 7 },
            ],
          },
          schema: z.strictObject({
            pairs: z
              .array(z.strictObject({ user: id, movie: id }))
              .min(1)
              .max(LIMITS.pairs),
          }),
        },
      },
    },
  },
  responses: {
    200: {
      description: 'In the order they were asked for.',
      content: { 'application/json': { schema: manyPredictions } },
    },
    ...problems('invalid-request', 'bad-json', 'not-json', 'too-large'),
  },
});

export function predictionRoutes(api: Api, routes: Routes): void {
  const { answers, serving } = api;
  const modelVersion = serving.manifest.version;
  const { model } = serving;

  routes.openapi(one, (c) => {
    const { user, movie } = c.req.valid('query');
    if (isKnown(c, api, FOR_ONE)) return c.body(null, 304);
    return lasting(c, { ...answers.prediction(user, movie, predictorOf(user)(movie)), modelVersion });
  });

  routes.openapi(many, (c) => {
    const { pairs } = c.req.valid('json');
    const predictors = new Map<number, ReturnType<typeof predictorOf>>();
    const predictions = pairs.map(({ user, movie }) => {
      const predict = predictors.get(user) ?? predictorOf(user);
      predictors.set(user, predict);
      return answers.prediction(user, movie, predict(movie));
    });
    c.header('cache-control', 'no-store');
    return c.json({ modelVersion, predictions }, 200);
  });

  /** A user whom the training did not know is folded in by the ratings given since, where the bundle has them. */
  function predictorOf(user: number) {
    const given: readonly GivenRating[] = model.users.rowOf(user) >= 0 ? [] : answers.seenBy(user);
    return answers.asker(user, given).person.predict;
  }
}
