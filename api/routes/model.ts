import { createRoute, z } from '@hono/zod-openapi';
import { metricsSchema } from '../../pipeline/model/manifest.ts';
import type { Api, Routes } from '../api.ts';
import { cacheable, FOR_EVERYONE } from '../caching.ts';
import { problems } from '../problem.ts';
import { versionSchema } from '../schemas.ts';

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
      description: 'When the bundle was assembled: the model with the catalogue and the search index.',
    }),
    reason: z.enum(['first-model', 'drift', 'manual']).openapi({ description: 'Why it was trained.' }),
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
    200: {
      description: 'Version, training data, metrics and origin.',
      content: { 'application/json': { schema: servedModel } },
    },
    304: { description: 'Not changed: the client has this response already.' },
    ...problems('not-ready'),
  },
});

export function modelRoutes(api: Api, routes: Routes): void {
  const { manifest, bundle, modelSha256 } = api.serving;
  const { snapshot } = manifest;
  const at = (seconds: number): string => new Date(1000 * seconds).toISOString();
  routes.openapi(model, (c) => {
    return cacheable(c, api, FOR_EVERYONE, () => ({
      version: manifest.version,
      algorithm: manifest.algorithm,
      hyperParameters: manifest.hyperParameters,
      digest: modelSha256,
      precision: bundle.precision,
      trainedAt: manifest.trainedAt,
      assembledAt: bundle.assembledAt,
      reason: manifest.reason,
      parent: manifest.parent,
      trainedOn: {
        ratings: snapshot.ratings,
        users: snapshot.users,
        movies: snapshot.movies,
        from: at(snapshot.from),
        to: at(snapshot.to),
        sha256: snapshot.sha256,
        split: snapshot.split,
      },
      metrics: manifest.metrics,
      run: manifest.run ?? null,
    }));
  });
}
