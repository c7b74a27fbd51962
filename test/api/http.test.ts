/** What HTTP asks of every answer: caching, other origins, security, methods, HEAD. */
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../api/limits.ts';
import { listen } from '../../api/listen.ts';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import { servingOf } from '../support/serving.ts';
import { smallWorld, UNKNOWN_MOVIE } from '../support/small-world.ts';
import { memoryDatabase } from './memory-database.ts';
import { startApi } from './start-api.ts';

const world = await smallWorld();
const open = (facts: Parameters<typeof servingOf>[0]['facts'] = {}) =>
  openServing(servingOf({ ...world, facts }).files, 'model v3');
const serving = open();
const api = startApi({ serving });
const FOR_EVERYONE = 'public, max-age=60, s-maxage=86400';
const FOR_ONE = 'private, max-age=60';

const CACHED = [
  ['/api/v1/recommendations?user=10', FOR_ONE],
  ['/api/v1/predictions?user=10&movie=7', FOR_ONE],
  ['/api/v1/movies?query=star', FOR_EVERYONE],
  ['/api/v1/movies/7', FOR_EVERYONE],
  ['/api/v1/movies/7/similar', FOR_EVERYONE],
  ['/api/v1/top', FOR_EVERYONE],
  ['/api/v1/model', FOR_EVERYONE],
] as const;

describe.each(CACHED)('%s', (address, cacheControl) => {
  test('may be kept for a while, and names what it depends on', async () => {
    const { headers } = await api.get(address);
    expect(headers.get('cache-control')).toBe(cacheControl);
    expect(headers.get('etag')).toMatch(/^"v3-[0-9a-f]{12}-[0-9a-z]+"$/);
  });

  test('is not sent to whoever has it, in whatever way they say so', async () => {
    const tag = (await api.get(address)).headers.get('etag') as string;
    for (const known of [tag, `W/${tag}`, `"v2-other", ${tag}`, `"v2-other",W/${tag} , "x"`, '*']) {
      const response = await api.get(address, { 'if-none-match': known });
      expect([response.status, await response.text()], known).toEqual([304, '']);
      expect(response.headers.get('etag')).toBe(tag);
      expect(response.headers.get('cache-control')).toBe(cacheControl);
      expect(response.headers.get('content-type')).toBeNull();
    }
    for (const known of ['"v2-other"', tag.slice(1, -1), '']) {
      expect((await api.get(address, { 'if-none-match': known })).status, known).toBe(200);
    }
  });

  test('is another after a deployment of the same model', async () => {
    const tag = (await api.get(address)).headers.get('etag') as string;
    const later = startApi({ serving: open({ assembledAt: '2026-03-05T10:00:00.000Z' }) });
    expect((await later.get(address, { 'if-none-match': tag })).status).toBe(200);
  });
});

test.each([
  ['/api/v1/health/live', 'no-store'],
  ['/api/v1/health/ready', 'no-store'],
  ['/api/v1/status', 'public, max-age=30'],
  ['/api/v1/badge/model', 'public, max-age=300'],
  ['/api/openapi.json', 'public, max-age=300'],
  ['/api/docs', 'public, max-age=300'],
  ['/api/v1/nothing', 'no-store'],
  ['/api/v1/movies?limit=0', 'no-store'],
])('%s says how long it may be kept: %s', async (address, cacheControl) => {
  const { headers } = await api.get(address);
  expect(headers.get('cache-control')).toBe(cacheControl);
  expect(headers.get('etag')).toBeNull();
});

test('what is sent in a body is answered for nobody else', async () => {
  const list = await api.post('/api/v1/recommendations', { ratings: [{ movie: 7, stars: 5 }] });
  const batch = await api.post('/api/v1/predictions', { pairs: [{ user: 10, movie: 7 }] });
  for (const { headers } of [list, batch]) expect(headers.get('cache-control')).toBe('no-store');
});

test('a list that a database has a say in is neither kept nor taken for known', async () => {
  const response = await startApi({ isKeyed: true, serving, database: memoryDatabase() }).get(
    '/api/v1/recommendations?user=10',
    { 'if-none-match': '*' },
  );
  expect(response.status).toBe(200);
  expect(response.headers.get('cache-control')).toBe('private, no-store');
  expect(response.headers.get('etag')).toBeNull();
});

test('a request that does not hold is refused even to whoever has the answer to another', async () => {
  const known = { 'if-none-match': '*' };
  expect((await api.get('/api/v1/movies?limit=0', known)).status).toBe(422);
  expect((await api.get(`/api/v1/movies/${UNKNOWN_MOVIE}`, known)).status).toBe(404);
});

test('pages of every origin may ask, unless some are named', async () => {
  const { headers } = await api.get('/api/v1/top', { origin: 'https://films.example' });
  expect(headers.get('access-control-allow-origin')).toBe('*');
  expect(headers.get('access-control-expose-headers')?.split(',')).toEqual(
    expect.arrayContaining(['etag', 'retry-after', 'x-model-version', 'x-request-id']),
  );
  expect(headers.get('vary')).toBeNull();
});

describe('where origins are named', () => {
  const ORIGINS = ['https://films.example', 'https://b.example'];
  const named = startApi({ serving: open({ readOrigins: ORIGINS, writeOrigins: ORIGINS }) });
  const preflight = (origin: string, address = '/api/v1/ratings') =>
    named.app.request(address, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,idempotency-key',
      },
    });

  test('a page of one of them may read answers and failures, and caches keep them apart', async () => {
    for (const address of ['/api/v1/top', '/api/v1/nothing', '/api/v1/recommendations?user=10']) {
      const { headers } = await named.get(address, { origin: 'https://films.example' });
      expect(headers.get('access-control-allow-origin')).toBe('https://films.example');
      expect(headers.get('vary')).toBe('Origin');
    }
  });

  test('a page of another origin, and whoever is no page, is told of none', async () => {
    for (const origin of ['https://films.example.evil', 'http://films.example', 'null', undefined]) {
      const { headers } = await named.get('/api/v1/top', origin === undefined ? {} : { origin });
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('vary')).toBe('Origin');
    }
  });

  test('a browser that asks beforehand is told what it may send', async () => {
    const { status, headers } = await preflight('https://b.example');
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe('https://b.example');
    expect(headers.get('access-control-allow-methods')).toBe('POST');
    const allowed = headers.get('access-control-allow-headers')?.split(',');
    expect(allowed).toEqual(expect.arrayContaining(['authorization', 'content-type', 'idempotency-key']));
    expect(Number(headers.get('access-control-max-age'))).toBeGreaterThan(0);
    const refused = await preflight('https://evil.example');
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('where pages may read from everywhere and write from one origin', () => {
  const OWN = 'https://films.example';
  const api = startApi({ serving: open({ readOrigins: ['*'], writeOrigins: [OWN] }) });
  const preflight = async (origin: string, method: string, address: string) => {
    const { status, headers } = await api.app.request(address, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': method },
    });
    const allowed = headers.get('access-control-allow-origin');
    return [status, allowed, allowed === null ? null : headers.get('access-control-allow-methods')];
  };

  test('a preflight names the methods that the route has and the page may use', async () => {
    const other = 'https://other.example';
    expect(await preflight(other, 'GET', '/api/v1/recommendations')).toEqual([204, '*', 'GET,HEAD,POST']);
    expect(await preflight(other, 'POST', '/api/v1/recommendations')).toEqual([204, '*', 'GET,HEAD,POST']);
    expect(await preflight(other, 'GET', '/api/v1/movies/7')).toEqual([204, '*', 'GET,HEAD']);
    expect(await preflight(OWN, 'POST', '/api/v1/feedback')).toEqual([204, OWN, 'POST,DELETE']);
    expect(await preflight(OWN, 'DELETE', '/api/v1/feedback')).toEqual([204, OWN, 'POST,DELETE']);
    expect(await preflight(other, 'DELETE', '/api/v1/feedback')).toEqual([204, null, null]);
    expect(await preflight(OWN, 'PUT', '/api/v1/feedback')).toEqual([204, null, null]);
    expect(await preflight(OWN, 'GET', '/api/v1/nothing')).toEqual([404, '*', null]);
  });

  test('an answer to a write, also a failure, is only for pages of that origin', async () => {
    for (const [origin, allowed] of [
      [OWN, OWN],
      ['https://other.example', null],
    ] as const) {
      const { status, headers } = await api.post('/api/v1/ratings', {}, { origin });
      expect([status, headers.get('access-control-allow-origin'), headers.get('vary')]).toEqual([
        401,
        allowed,
        'Origin',
      ]);
      const read = await api.post('/api/v1/predictions', {}, { origin });
      expect([read.headers.get('access-control-allow-origin'), read.headers.get('vary')]).toEqual([
        '*',
        null,
      ]);
    }
  });
});

test('every answer carries the headers that keep browsers from doing more than showing it', async () => {
  const broken = { ...memoryDatabase(), sinceTraining: () => Promise.reject(new TypeError('broken')) };
  const faulty = startApi({ isKeyed: true, serving, database: broken });
  const damaged = startApi({ serving: null });
  const answers = [
    await api.get('/api/v1/top'),
    await api.get('/api/docs'),
    await api.get('/api/openapi.json'),
    await api.get('/api/v1/top', { 'if-none-match': '*' }),
    await api.get('/nothing'),
    await api.get('/api/v1/top?k=0'),
    await api.app.request('/api/v1/top', { method: 'PUT' }),
    await api.app.request('/api/v1/top', { method: 'OPTIONS', headers: { origin: 'https://a.example' } }),
    await api.app.request('/api/v1/top', { method: 'HEAD' }),
    await api.post('/api/v1/predictions', '{'),
    await faulty.get('/api/v1/recommendations?user=10'),
    await damaged.get('/api/v1/top'),
  ];
  expect(answers.map(({ status }) => status)).toEqual([
    200, 200, 200, 304, 404, 422, 405, 204, 200, 400, 500, 503,
  ]);
  for (const { headers } of answers) {
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('strict-transport-security')).toMatch(/max-age=\d{8}/);
    expect(headers.get('permissions-policy')).toContain('camera=()');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('x-request-id')).not.toBeNull();
  }
});

test.each([
  ['PUT', '/api/v1/recommendations', 'GET, HEAD, POST'],
  ['DELETE', '/api/v1/movies/7', 'GET, HEAD'],
  ['POST', '/api/v1/movies/7/similar', 'GET, HEAD'],
  ['GET', '/api/v1/ratings', 'POST'],
  ['POST', '/api/docs', 'GET, HEAD'],
  ['PATCH', '/api/openapi.json', 'GET, HEAD'],
])('%s %s is not allowed, and the answer says what is: %s', async (method, address, allow) => {
  const response = await api.app.request(address, { method });
  expect([response.status, response.headers.get('allow')]).toEqual([405, allow]);
  expect(await response.json()).toMatchObject({
    code: 'method-not-allowed',
    detail: `${method} is not allowed here. Allowed: ${allow}.`,
  });
});

test('where nothing is, the answer says where to look', async () => {
  for (const address of [
    ...['/api/v1/people/7', '/api/v1/movies/7/', '/api/v2/top', '/admin', '/api'],
    ...['/recommend', '/predict', '/predict_batch', '/api/v1/predict'],
  ]) {
    const response = await api.app.request(address, { method: 'POST' });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      code: 'not-found',
      detail: `There is no route ${address}. All routes: /api/docs.`,
    });
  }
});

test.each([...CACHED.map(([address]) => address), '/api/v1/status', '/api/docs', '/api/v1/nothing'])(
  'HEAD %s answers as GET does, without the body',
  async (address) => {
    const plain = (headers: Headers) => [...headers].filter(([name]) => name !== 'x-request-id');
    const got = await api.get(address);
    const head = await api.app.request(address, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([got.status, '']);
    expect(plain(head.headers)).toEqual(plain(got.headers));
  },
);

test('a URL as long as the document allows is read', async () => {
  const server = await listen(api.app.fetch, { port: 0, hostname: '127.0.0.1' });
  try {
    const exclude = Array.from({ length: LIMITS.exclude }, (_, at) => 2_147_483_647 - at);
    const address = `http://127.0.0.1:${server.port}/api/v1/recommendations?user=10`;
    expect((await fetch(`${address}&exclude=${encodeURIComponent(exclude.join())}`)).status).toBe(200);
    const cursor = `${'A'.repeat(LIMITS.cursor - 4)}.0.0`;
    expect((await fetch(`${address}&exclude=${exclude.join('%2C')}&cursor=${cursor}`)).status).toBe(404);
    const longer = encodeURIComponent('🎬'.repeat(LIMITS.cursor + 1));
    expect((await fetch(`${address}&cursor=${longer}`)).status).toBe(422);
  } finally {
    await server.close();
  }
});
