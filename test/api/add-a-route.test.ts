/** The recipe "Add a route of the API" of CONTRIBUTING.md: a route file and one line are all that a route takes. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRoute, z } from '@hono/zod-openapi';
import { expect, test } from 'vitest';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import { sampleServing } from '../support/sample-serving.ts';
import type { ApiDocument } from './api-document.ts';
import { errorsOf } from './refusal.ts';
import { startApi } from './start-api.ts';

const ROOT = join(import.meta.dirname, '../..');

test('the recipe names at most two source files', async () => {
  const guide = await readFile(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
  const [, recipe = ''] = /^## Add a route of the API\n([\s\S]*?)^## /m.exec(guide) ?? [];
  const sources = [...recipe.matchAll(/`((?:api|pipeline|actions)\/[^`]*)`/g)].map(([, path]) => path);
  expect(sources).toEqual(['api/routes/', 'api/app.ts']);
});

test('no source file but app.ts imports a route', async () => {
  const files = (await readdir(join(ROOT, 'api'), { recursive: true })).filter((name) =>
    name.endsWith('.ts'),
  );
  const importers = [];
  for (const name of files) {
    const source = await readFile(join(ROOT, 'api', name), 'utf8');
    if (/from '\.{1,2}\/routes\//.test(source)) importers.push(name);
  }
  expect(importers).toEqual(['app.ts']);
});

test('a new route is in the document, on the page, validated, and its other methods are refused', async () => {
  const { app, get } = startApi({ serving: openServing(sampleServing().files, 'a sample') });
  const route = createRoute({
    operationId: 'getDouble',
    method: 'get',
    path: '/api/v1/double',
    tags: ['Service'],
    summary: 'Double a number',
    request: { query: z.strictObject({ of: z.string().regex(/^\d$/, 'must be a digit') }) },
    responses: {
      200: {
        description: 'Doubled.',
        content: { 'application/json': { schema: z.object({ double: z.int() }) } },
      },
    },
  });
  app.openapi(route, (c) => c.json({ double: 2 * Number(c.req.valid('query').of) }, 200));

  expect(await (await get('/api/v1/double?of=4')).json()).toEqual({ double: 8 });
  expect(await errorsOf(get('/api/v1/double?of=x'))).toEqual([{ at: 'of', message: 'must be a digit' }]);
  const refused = await app.request('/api/v1/double', { method: 'POST' });
  expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  const { paths } = (await (await get('/api/openapi.json')).json()) as ApiDocument;
  expect(paths['/api/v1/double']?.['get']?.operationId).toBe('getDouble');
  expect(await (await get('/api/docs')).text()).toContain('<code>/api/v1/double</code>');
});
