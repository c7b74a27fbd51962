import { createRoute, z } from '@hono/zod-openapi';
import type { Routes } from '../api.ts';
import { ApiProblem, problemsWithoutLimit } from '../problem.ts';
import { json, versionSchema } from '../schemas.ts';

const live = createRoute({
  operationId: 'getLiveness',
  method: 'get',
  path: '/health/live',
  tags: ['Service'],
  summary: 'Check that the process runs',
  responses: {
    200: json('The process runs.', z.object({ status: z.literal('live') }).openapi('Live')),
  },
});

const ready = createRoute({
  operationId: 'getReadiness',
  method: 'get',
  path: '/health/ready',
  tags: ['Service'],
  summary: 'Check that a model is loaded',
  responses: {
    200: json(
      'A model is loaded, and its digest was verified.',
      z.object({ status: z.literal('ready'), modelVersion: versionSchema }).openapi('Ready'),
    ),
    ...problemsWithoutLimit('not-ready'),
  },
});

/** @param modelVersion of the served model, or null when no model could be loaded. */
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
    'The model could not be loaded. The log of the service says why. Deploy again or roll back.',
    { headers: { 'retry-after': '60' } },
  );
}
