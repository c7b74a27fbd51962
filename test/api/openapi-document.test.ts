/** What the API says of itself: the OpenAPI document and the page made of it. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { PROBLEMS } from '../../api/problem.ts';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import { smallServing } from '../support/small-world.ts';
import type { ApiDocument, Schema } from './api-document.ts';
import { memoryDatabase } from './memory-database.ts';
import { good, startApi } from './start-api.ts';

const api = startApi({ isKeyed: true, serving: openServing((await smallServing()).files, 'model v3') });
const documentText = await (await api.get('/api/openapi.json')).text();
const document = JSON.parse(documentText) as ApiDocument;
const page = await (await api.get('/api/docs')).text();
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
);

test('the document is OpenAPI 3.1 with a title, a version, a licence and tags that are described', () => {
  expect(document.openapi).toMatch(/^3\.1\.\d$/);
  expect(document.info).toMatchObject({ title: 'CineMatch', version: '1', license: { name: 'MIT' } });
  for (const tag of document.tags) expect(tag.description).toMatch(/\.$/);
});

test('every operation has a summary, a known tag, answers with words, and says how it fails', () => {
  const tags = document.tags.map(({ name }) => name);
  for (const { method, path, operation } of operations) {
    const name = `${method} ${path}`;
    expect(operation.summary, name).toMatch(/^[A-Z]/);
    expect(operation.tags, name).toHaveLength(1);
    expect(tags, name).toContain(operation.tags?.[0]);
    for (const { description } of Object.values(operation.responses)) expect(description, name).not.toBe('');
    const statuses = Object.keys(operation.responses).map(Number);
    expect(
      statuses.filter((status) => status < 300),
      name,
    ).toHaveLength(1);
    if (path !== '/api/v1/health/live') expect(Math.max(...statuses), name).toBeGreaterThanOrEqual(400);
    if (operation.requestBody !== undefined) {
      expect(statuses, name).toEqual(expect.arrayContaining([400, 413, 415, 422]));
    }
    if (operation.parameters?.some((parameter) => parameter.in === 'query')) {
      expect(statuses, name).toContain(422);
    }
    for (const [status, { content }] of Object.entries(operation.responses)) {
      const type = Number(status) >= 400 ? 'application/problem+json' : 'application/json';
      if (status !== '304') expect(Object.keys(content ?? {}), `${name} ${status}`).toEqual([type]);
    }
  }
});

test('every operation has a name of its own, for those who generate clients', () => {
  const names = operations.map(({ operation }) => operation.operationId);
  expect(names.filter((name) => !/^[a-z]\w+$/i.test(name ?? ''))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

test('the parameters of a path are those that stand in it, and they are required', () => {
  for (const { path, operation } of operations) {
    const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
    expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
    expect(inPath.every(({ required }) => required)).toBe(true);
    const names = (operation.parameters ?? []).map((parameter) => `${parameter.in} ${parameter.name}`);
    expect(new Set(names).size).toBe(names.length);
  }
});

test('everything that is referred to is there, and nothing else', () => {
  const named = [...documentText.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name]) => name,
  );
  expect(new Set(named)).toEqual(new Set(Object.keys(document.components.schemas)));
  const schemes = operations.flatMap(({ operation }) => (operation.security ?? []).flatMap(Object.keys));
  expect(new Set(schemes)).toEqual(new Set(Object.keys(document.components.securitySchemes)));
});

test('every schema is one of JSON Schema 2020-12, which OpenAPI 3.1 describes values with', () => {
  const ajv = new Ajv2020({ strict: false });
  const schemas: Schema[] = [...Object.values(document.components.schemas)];
  for (const { operation } of operations) {
    schemas.push(...(operation.parameters ?? []).map(({ schema }) => schema));
    const contents = [operation.requestBody, ...Object.values(operation.responses)].map((of) => of?.content);
    schemas.push(...contents.flatMap((content) => Object.values(content ?? {}).map(({ schema }) => schema)));
  }
  expect(schemas.length).toBeGreaterThan(5 * operations.length);
  for (const schema of schemas) {
    expect(ajv.validateSchema(schema), ajv.errorsText(ajv.errors)).toBe(true);
    expect(schema).not.toHaveProperty('nullable');
  }
});

test('the document is the same whenever it is asked for, and asking leaves nothing behind', async () => {
  const definitions = api.app.openAPIRegistry.definitions.length;
  expect(await (await api.get('/api/openapi.json')).text()).toBe(documentText);
  expect(await (await api.get('/api/docs')).text()).toBe(page);
  expect(api.app.openAPIRegistry.definitions).toHaveLength(definitions);
});

test('the page names every route with its parameters, its answers and every kind of failure', () => {
  for (const { method, path, operation } of operations) {
    expect(page).toContain(`<code>${path}</code>`);
    expect(page).toContain(`<span class="method">${method.toUpperCase()}</span>`);
    for (const { name } of operation.parameters ?? []) expect(page).toContain(`<code>${name}</code>`);
  }
  for (const code of Object.keys(PROBLEMS)) expect(page).toContain(`<code id="${code}">${code}</code>`);
});

test('the page loads nothing, has no script, and names no other host but shields.io', () => {
  expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|video|audio|source|base|form)\b/i);
  expect(page).not.toMatch(/\bon\w+=|@import|url\(/i);
  const hosts = [...page.matchAll(/https?:\/\/[^\s"'<>`]+/g)].map(([address]) => new URL(address).host);
  expect(new Set(hosts)).toEqual(new Set(['img.shields.io']));
});

test('the page is HTML whose elements are closed in order, with ids that are unique and links that lead somewhere', () => {
  expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
  const open: string[] = [];
  for (const [, closing, name = ''] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*>/g)) {
    if (['meta', 'br', 'hr'].includes(name)) continue;
    if (closing === '') open.push(name);
    else expect(open.pop()).toBe(name);
  }
  expect(open).toEqual([]);
  const ids = [...page.matchAll(/\bid="([^"]*)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const targets = [...page.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id);
  expect(targets.length).toBeGreaterThan(10);
  expect(targets.filter((id) => !ids.includes(id))).toEqual([]);
  expect(page).not.toContain('undefined');
  expect(page).not.toContain('[object');
});

test('the page has an example of every route, and each is answered as one hopes', async () => {
  const database = memoryDatabase();
  database.addKey('cm_x', { scopes: ['admin'] });
  const asked = startApi({ serving: openServing((await smallServing()).files, 'model v3'), database });
  const articles = [...page.matchAll(/<article[^>]*>[\s\S]*?<\/article>/g)].map(([text]) => text);
  expect(articles).toHaveLength(page.match(/<h3>/g)?.length ?? 0);
  for (const article of articles) {
    const [, code = ''] = /<pre><code>([\s\S]*?)<\/code><\/pre>/.exec(article) ?? [];
    const typed = code
      .replace(/<[^>]+>/g, '')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'");
    const [, address = ''] = /^curl "\$CINEMATCH([^"]+)"/.exec(typed.replaceAll('&amp;', '&')) ?? [];
    const [, body] = /--json '(.+)'$/.exec(typed) ?? [];
    const sent = [...typed.matchAll(/-H "([^:]+): ([^"]+)"/g)].map(([, name, value]) => [name, value]);
    const headers = Object.fromEntries(sent) as Record<string, string>;
    if ('Authorization' in headers) headers['Authorization'] = 'Bearer cm_x';
    const [, method = 'GET'] = /-X (\w+)/.exec(typed) ?? [];
    const answer = await (body === undefined
      ? asked.app.request(address, { method, headers })
      : asked.post(address, body, headers));
    expect([200, 202], `${typed}: ${await answer.clone().text()}`).toContain(answer.status);
    if (body === undefined && method === 'GET')
      expect(code).toContain(`<a href="${address.replaceAll('&', '&amp;')}">`);
  }
});

test('a failure points to where its kind is described', async () => {
  const { type } = (await (await api.get('/api/v1/nothing')).json()) as { type: string };
  const [address, anchor] = type.split('#') as [string, string];
  expect((await api.get(address)).status).toBe(200);
  expect(page).toContain(`id="${anchor}"`);
});

test('with a bundle that is damaged the document and the page are there, of the routes that are left', async () => {
  const damaged = startApi({ serving: null });
  const { paths } = (await (await damaged.get('/api/openapi.json')).json()) as ApiDocument;
  expect(Object.keys(paths)).toEqual(['/api/v1/health/live', '/api/v1/health/ready']);
  expect((await damaged.get('/api/docs')).status).toBe(200);
});

test('what the document says of a number, the server takes', async () => {
  for (const share of ['0.33333', '.5', '1.', '1e-1', '0.1E0', '+0.2', '0']) {
    const answer = await api.get(`/api/v1/recommendations?user=10&diversity=${encodeURIComponent(share)}`);
    expect(answer.status, share).toBe(200);
  }
  for (const share of ['1.01', '-0.1', '1e1', '', '.', 'e1', '0x1', 'NaN']) {
    const answer = await api.get(`/api/v1/recommendations?user=10&min_rating=4&novelty=${share}`);
    expect(answer.status, share).toBe(422);
  }
});

test('only objects are joined by `allOf`: generators of clients leave out what joins other values', () => {
  const { schemas } = document.components;
  const isObject = (schema: Schema): boolean => {
    const { $ref, allOf, type } = schema as { $ref?: string; allOf?: readonly Schema[]; type?: string };
    if ($ref !== undefined) return isObject(schemas[$ref.replace('#/components/schemas/', '')] ?? {});
    // A part without a type only describes.
    return allOf === undefined ? [undefined, 'object'].includes(type) : allOf.every(isObject);
  };
  const joined: string[] = [];
  JSON.stringify(document, (_, value) => {
    if (value?.allOf !== undefined && !isObject(value)) joined.push(JSON.stringify(value));
    return value;
  });
  expect(documentText).toContain('"allOf"');
  expect(joined).toEqual([]);
});

test('the document says where the service is, who needs a key, and what the items of a list are', async () => {
  const document = await good(api.get('/api/openapi.json'));
  expect(document.servers).toEqual([{ url: '/', description: 'This service.' }]);
  expect(document.security).toEqual([]);
  const without: string[] = [];
  const look = (value: unknown, at: string): void => {
    if (value === null || typeof value !== 'object') return;
    const { type, items } = value as { type?: unknown; items?: unknown };
    if ([type].flat().includes('array') && items === undefined) without.push(at);
    for (const [name, inner] of Object.entries(value)) look(inner, `${at}.${name}`);
  };
  look(document.components.schemas, 'schemas');
  expect(without).toEqual([]);
});

test('the document has the genres of the bundle, half stars, and lists in a URL as they are sent', () => {
  const { Genre } = document.components.schemas;
  expect(Genre?.['enum']).toEqual(['Action', 'Comedy', 'Drama', 'Film-Noir', 'Sci-Fi']);
  const halves = [...documentText.matchAll(/"minimum":0.5,"maximum":5,[^}]*"multipleOf":0.5/g)];
  expect(halves).toHaveLength(documentText.match(/"minimum":0.5,/g)?.length ?? 0);
  expect(halves.length).toBeGreaterThanOrEqual(3);
  const lists = operations.flatMap(({ operation }) =>
    (operation.parameters ?? []).filter(({ schema }) => JSON.stringify(schema).includes('"array"')),
  );
  expect(new Set(lists.map(({ name, explode = true }) => `${name} ${explode}`))).toEqual(
    new Set(['genre true', 'exclude false', 'movies false']),
  );
});

test('every link leads to an operation with the parameters that it names, and one can follow it', async () => {
  const database = memoryDatabase();
  database.addKey('cm_x');
  const asked = startApi({ serving: openServing((await smallServing()).files, 'model v3'), database });
  let requests = 0;
  const headers = { authorization: 'Bearer cm_x', 'content-type': 'application/json' };
  const send = async (name: string, parameters: Readonly<Record<string, unknown>>, body?: unknown) => {
    const found = operations.find(({ operation }) => operation.operationId === name);
    if (found === undefined) throw new Error(`there is no operation ${name}`);
    const known = new Map((found.operation.parameters ?? []).map((one) => [one.name, one.in]));
    expect([...known.keys()]).toEqual(expect.arrayContaining(Object.keys(parameters)));
    const query = new URLSearchParams();
    let { path } = found;
    for (const [at, value] of Object.entries(parameters)) {
      if (known.get(at) === 'path') path = path.replace(`{${at}}`, String(value));
      else query.append(at, String(value));
    }
    const response = await asked.app.request(`${path}?${query}`, {
      method: found.method.toUpperCase(),
      headers: { ...headers, 'idempotency-key': String(++requests) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { query: Object.fromEntries(query), sent: body, body: await good(Promise.resolve(response)) };
  };
  const user = 10;
  const sent: Readonly<Record<string, readonly [Readonly<Record<string, unknown>>, unknown?]>> = {
    searchMovies: [{ query: 'matrix' }],
    listTopMovies: [{}],
    listSimilarMovies: [{ id: 7 }],
    getMovie: [{ id: 7 }],
    getMovieByIMDbId: [{ id: 'tt0114709' }],
    getMovieByTMDBId: [{ id: 862 }],
    recommendForRatings: [{}, { ratings: [{ movie: 7, stars: 5 }] }],
    recommendForUser: [{ user }],
    submitRatings: [{}, { ratings: [{ user, movie: 7, stars: 5 }] }],
    submitFeedback: [{}, { events: [{ user, movie: 7, kind: 'watched' }] }],
    withdrawFeedback: [{ user, movie: 7 }],
  };
  const linked = operations.flatMap(({ operation }) =>
    Object.values(operation.responses).flatMap(({ links }) =>
      Object.values(links ?? {}).map((link) => [operation.operationId as string, link] as const),
    ),
  );
  expect(new Set(linked.map(([from]) => from))).toEqual(new Set(Object.keys(sent)));
  for (const [from, { operationId, parameters = {}, requestBody }] of linked) {
    const [first, body] = sent[from] as (typeof sent)[string];
    const before = await send(from, first, body);
    const resolved = (expression: unknown): unknown => {
      if (Array.isArray(expression)) return expression.map(resolved);
      if (expression !== null && typeof expression === 'object') {
        return Object.fromEntries(Object.entries(expression).map(([at, part]) => [at, resolved(part)]));
      }
      const [, kind, path = ''] =
        /^\$(response\.body|request\.body|request\.query)[#.]\/?(.*)$/.exec(String(expression)) ?? [];
      if (kind === undefined) return expression;
      const start = {
        'response.body': before.body,
        'request.body': before.sent,
        'request.query': before.query,
      }[kind];
      return path.split('/').reduce((value, key) => value[key], start);
    };
    const next = resolved(parameters) as Record<string, unknown>;
    expect(Object.values(next), `${from} to ${operationId}`).not.toContain(undefined);
    await send(operationId, next, requestBody === undefined ? undefined : resolved(requestBody));
  }
});
