import { createRoute, z } from '@hono/zod-openapi';
import { TRAINING_REASONS } from '../../pipeline/lib/training-reason.ts';
import { metricsSchema } from '../../pipeline/model/manifest.ts';
import type { Api, Routes } from '../api.ts';
import { cacheable, FOR_EVERYONE } from '../caching.ts';
import { problems } from '../problem.ts';
import { rounded } from '../rounded.ts';
import { json, NOT_MODIFIED, versionSchema } from '../schemas.ts';

const instant = z.string().openapi({ format: 'date-time' });

const servedModel = z
  .object({
    version: versionSchema,
    algorithm: z.string(),
    hyperParameters: z.record(z.string(), z.number()),
    digest: z.string().openapi({ description: 'SHA-256 of the served model file.' }),
    precision: z.enum(['single', 'half']).openapi({ description: 'Precision of the served numbers.' }),
    trainedAt: instant,
    assembledAt: instant.openapi({
      description: 'When the bundle was assembled: the model with the catalogue.',
    }),
    reason: z.enum(TRAINING_REASONS).openapi({ description: 'Why it was trained.' }),
    parent: z
      .int()
      .nullable()
      .openapi({ description: 'Version of the model that it was trained to replace.' }),
    trainedOn: z.object({
      ratings: z.int(),
      users: z.int(),
      movies: z.int(),
      from: instant.openapi({ description: 'Time of the oldest rating.' }),
      to: instant.openapi({ description: 'Time of the newest rating.' }),
      sha256: z.string().openapi({ description: 'SHA-256 of the ratings.' }),
      split: z.string().openapi({ description: 'Which ratings were held out to measure the model.' }),
    }),
    metrics: z
      .object(metricsSchema.shape)
      .catchall(z.number().nullable())
      .openapi('Metrics', { description: 'On ratings that the model was not trained on.' }),
    run: z
      .object({ commit: z.string(), url: z.string() })
      .nullable()
      .openapi({ description: 'The workflow run that trained it.' }),
  })
  .openapi('ServedModel');

const model = createRoute({
  operationId: 'getModel',
  method: 'get',
  path: '/model',
  tags: ['Service'],
  summary: 'Get the served model',
  responses: {
    200: json('Version, training data, metrics and origin.', servedModel),
    ...NOT_MODIFIED,
    ...problems('not-ready'),
  },
});

const golden = createRoute({
  operationId: 'getGoldenPredictions',
  method: 'get',
  path: '/model/golden',
  tags: ['Service'],
  summary: 'Compute the golden predictions of the served model',
  description:
    'A deployment is compared with its release by them. They are for pairs of a user and a movie that the bundle lists, in its order, and do not say for whom.',
  responses: {
    200: json(
      'The predictions, computed now.',
      z
        .object({
          modelVersion: versionSchema,
          ratings: z.array(z.number()).openapi({ description: 'Predicted stars.' }),
        })
        .openapi('GoldenPredictions'),
    ),
    ...problems('not-ready'),
  },
});

export function modelRoutes(api: Api, routes: Routes): void {
  const { manifest, bundle, modelSha256: digest } = api.serving;
  const { version, algorithm, hyperParameters, trainedAt, reason, parent, metrics, run = null } = manifest;
  const { ratings, users, movies, from, to, sha256, split } = manifest.snapshot;
  const { precision, assembledAt } = bundle;
  const at = (seconds: number): string => new Date(1000 * seconds).toISOString();
  routes.openapi(model, (c) =>
    cacheable(c, api, FOR_EVERYONE, () => ({
      version,
      algorithm,
      hyperParameters,
      digest,
      precision,
      trainedAt,
      assembledAt,
      reason,
      parent,
      trainedOn: { ratings, users, movies, from: at(from), to: at(to), sha256, split },
      metrics,
      run,
    })),
  );
  routes.openapi(golden, (c) => {
    const { ids, serving } = api;
    const ratings = bundle.golden.map(({ user, movie }) =>
      rounded(serving.model.predict(ids.bundledUser(user), ids.movieOf(movie)).rating),
    );
    c.header('cache-control', 'no-store');
    return c.json({ modelVersion: version, ratings }, 200);
  });
}
