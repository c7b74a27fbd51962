import { createRoute, z } from '@hono/zod-openapi';
import type { Routes } from '../api.ts';
import { ApiProblem, problems } from '../problem.ts';
import { versionSchema } from '../schemas.ts';

const live = createRoute({
  operationId: 'getLiveness',
  method: 'get',
  path: '/health/live',
  tags: ['Service'],
  summary: 'Whether the process answers',
  responses: {
    200: {
      description: 'It does.',
      content: { 'application/json': { schema: z.object({ status: z.literal('live') }).openapi('Live') } },
    },
  },
});

const ready = createRoute({
  operationId: 'getReadiness',
  method: 'get',
  path: '/health/ready',
  tags: ['Service'],
  summary: 'Whether a model is there to answer with',
  responses: {
    200: {
      description: 'It is, and its digest was verified.',
      content: {
        'application/json': {
          schema: z.object({ status: z.literal('ready'), modelVersion: versionSchema }).openapi('Ready'),
        },
      },
    },
    ...problems('not-ready'),
  },
});

/** @param modelVersion of the model that answers, or null when none could be opened. */
export function healthRoutes(routes: Routes, modelVersion: number | null): void {
  routes.openapi(live, (c) => {
    c.header('cache-control', 'no-store');
    return c.json({ status: 'live' as const }, 200);
  });
  routes.openapi(ready, (c) => {
    if (modelVersion === null) throw notReady();
    c.header('cache-control', 'no-store');
    return c.json({ status: 'ready' as const, modelVersion }, 200);
  });
}

export function notReady(): ApiProblem {
  return new ApiProblem(
    'not-ready',
    'No model could be opened; the log of the service says why. Deploy again, or roll back.',
    { headers: { 'retry-after': '60' } },
  );
}
