import { createRoute, z } from '@hono/zod-openapi';
import { metricsSchema } from '../../pipeline/model/manifest.ts';
import type { Api, Routes } from '../api.ts';
import { FOR_EVERYONE, isKnown } from '../caching.ts';
import { lasting } from '../kept-answers.ts';
import { problems } from '../problem.ts';
import { versionSchema } from '../schemas.ts';

const instant = z.string().openapi({ format: 'date-time' });

const servedModel = z
  .object({
    version: versionSchema,
    algorithm: z.string(),
    hyperParameters: z.record(z.string(), z.number()),
    digest: z.string().openapi({ description: 'SHA-256 of the model file that answers.' }),
    precision: z.enum(['single', 'half']).openapi({ description: 'Of the numbers it answers by.' }),
    trainedAt: instant,
    assembledAt: instant.openapi({ description: 'When it was put together with what else is served.' }),
    reason: z.enum(['first-model', 'drift', 'manual']).openapi({ description: 'Why it was trained.' }),
    parent: z.int().nullable().openapi({ description: 'The model it was trained to replace.' }),
    trainedOn: z.object({
      ratings: z.int(),
      users: z.int(),
      movies: z.int(),
      from: instant.openapi({ description: 'When the oldest rating was given.' }),
      to: instant.openapi({ description: 'When the newest was given.' }),
      sha256: z.string().openapi({ description: 'Of the ratings.' }),
      split: z.string().openapi({ description: 'What was held out to measure with.' }),
    }),
    metrics: z
      .object(metricsSchema.shape)
      .catchall(z.number().nullable())
      .openapi('Metrics', { description: 'On ratings it was not trained on.' }),
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
  summary: 'The model that serves',
  responses: {
    200: {
      description: 'What it is and where it comes from.',
      content: { 'application/json': { schema: servedModel } },
    },
    304: { description: 'Unchanged since the answer with this ETag.' },
    ...problems('not-ready'),
  },
});

export function modelRoutes(api: Api, routes: Routes): void {
  const { manifest, bundle, modelSha256 } = api.serving;
  const { snapshot } = manifest;
  const at = (seconds: number): string => new Date(1000 * seconds).toISOString();
  routes.openapi(model, (c) => {
    if (isKnown(c, api, FOR_EVERYONE)) return c.body(null, 304);
    return lasting(c, {
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
    });
  });
}
