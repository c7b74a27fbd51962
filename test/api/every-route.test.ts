/** Every route of the document is asked for every answer that the document says it gives. */
import { expect, test } from 'vitest';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import { servingOf } from '../support/serving.ts';
import { smallWorld, UNKNOWN_MOVIE } from '../support/small-world.ts';
import { type ApiDocument, describedAnswers } from './api-document.ts';
import { memoryDatabase } from './memory-database.ts';
import { startApi, type TestApi } from './start-api.ts';

const world = await smallWorld();
const serving = openServing(servingOf(world).files, 'model v3');
const KEY = 'cm_of-a-test';
/** For the users of another app. */
const OTHER = 'cm_of-another-app';
const ADMIN = 'cm_of-an-admin';

const HOMES = {
  /** A whole bundle and no database. */
  whole: () => startApi({ serving }),
  damaged: () => startApi({ serving: null }),
  /** Ratings are in a database that is not there. */
  withoutRatings: () => startApi({ serving: servingOf({ ...world, facts: { seen: 'database' } }) }),
  withDatabase: () => withDatabase(serving),
  /** A client that has asked as much as it may. */
  spent: async () => {
    const limits = { perKey: 1, perAddress: 1 };
    const api = withDatabase(openServing(servingOf({ ...world, facts: { limits } }).files, 'x'));
    expect((await api.get('/api/v1/top')).status).toBe(200);
    return api;
  },
  /** The user was erased. */
  erased: async () => {
    const api = withDatabase(serving);
    const headers = { authorization: `Bearer ${ADMIN}` };
    await api.app.request('/api/v1/users/10', { method: 'DELETE', headers });
    return api;
  },
  /** A body that takes 20 ms is too slow. */
  impatient: () => startApi({ serving, database: memoryDatabaseWithKeys(), bodyMs: 20 }),
  limited: () => withDatabase(openServing(servingOf({ ...world, facts: { ratingsPerHour: 1 } }).files, 'x')),
};

function memoryDatabaseWithKeys() {
  const database = memoryDatabase();
  database.addKey(KEY);
  database.addKey(OTHER, { users: '900-999' });
  database.addKey(ADMIN, { scopes: ['admin'] });
  return database;
}

function withDatabase(of: typeof serving): TestApi {
  return startApi({ serving: of, database: memoryDatabaseWithKeys() });
}

interface Scenario {
  readonly home?: keyof typeof HOMES;
  /** What the path's parameters stand for. */
  readonly id?: string;
  readonly query?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Asked before, and answered well. */
  readonly before?: Scenario;
}
type Scenarios = Readonly<Record<number, Scenario>>;

const known = { headers: { 'if-none-match': '*' } };
const refusedBodies = (headers: Readonly<Record<string, string>> = {}, home: Scenario['home'] = 'whole') => ({
  400: { body: '{', headers, home },
  408: { body: 'slow', headers, home: 'impatient' as const },
  413: { body: `"${'x'.repeat(256 * 1024)}"`, headers, home },
  415: { body: '', headers: { ...headers, 'content-type': 'text/plain' }, home },
});
const keyed = { authorization: `Bearer ${KEY}`, 'idempotency-key': 'first' };
const wrong = { authorization: 'Bearer cm_wrong', 'idempotency-key': 'first' };
/** What each route about users gives besides what it is for. */
const aboutUsers = (scenario: Scenario): Scenarios => ({
  401: { ...scenario, headers: wrong, home: 'withDatabase' },
  403: { ...scenario, headers: { ...keyed, authorization: `Bearer ${OTHER}` }, home: 'withDatabase' },
  503: { ...scenario, headers: keyed },
});
const rated = (stars: number, movie = 7) => ({
  ratings: [{ user: 10, movie, stars, ratedAt: '2026-03-01T10:00:00Z' }],
});

const watched = (movie: number) => ({ events: [{ user: 10, movie, kind: 'watched' }] });

const SCENARIOS: Readonly<Record<string, Scenarios>> = {
  'get /health/live': { 200: {} },
  'get /health/ready': { 200: {}, 503: { home: 'damaged' } },
  'get /recommendations': {
    200: {
      query: '?user=10&k=3&genre=drama&diversity=0.4&explain=true&exclude_seen=false',
      headers: keyed,
      home: 'withDatabase',
    },
    304: { query: '?user=10', ...known },
    404: { query: '?user=10&cursor=AA.0.0' },
    422: { query: '?user=ten' },
    ...aboutUsers({ query: '?user=10' }),
    401: { query: '?user=10&explain=true' },
  },
  'post /recommendations': {
    200: { body: { ratings: [{ movie: 7, stars: 4.5 }], k: 2, explain: true, exclude: [11] } },
    ...refusedBodies(),
    404: { body: { ratings: [{ movie: 7, stars: 4 }], cursor: 'AA.0.0' } },
    422: { body: { ratings: [{ movie: 7, stars: 4.3 }] } },
  },
  'post /recommendations/users': {
    200: {
      body: { users: [10, 13], k: 2, genre: ['drama'], explain: true },
      headers: keyed,
      home: 'withDatabase',
    },
    ...refusedBodies(),
    422: { body: { users: [] } },
    ...aboutUsers({ body: { users: [10] } }),
  },
  'post /recommendations/group': {
    200: {
      body: { users: [10, 13], k: 2, method: 'least-misery' },
      headers: keyed,
      home: 'withDatabase',
    },
    ...refusedBodies(keyed, 'withDatabase'),
    422: { body: { users: [10] }, headers: keyed, home: 'withDatabase' },
    ...aboutUsers({ body: { users: [10, 13] } }),
  },
  'get /predictions': {
    200: { query: '?user=10&movie=7' },
    304: { query: '?user=10&movie=7', ...known },
    422: { query: '?user=10' },
    ...aboutUsers({ query: '?user=10&movie=7' }),
  },
  'post /predictions': {
    200: {
      body: {
        pairs: [
          { user: 10, movie: 7 },
          { user: 10, movie: UNKNOWN_MOVIE },
        ],
      },
    },
    ...refusedBodies(),
    422: { body: { pairs: [] } },
    ...aboutUsers({ body: { pairs: [{ user: 10, movie: 7 }] } }),
  },
  'get /movies': {
    200: { query: '?query=matrx&limit=2' },
    304: known,
    404: { query: '?cursor=2.0.0' },
    422: { query: '?limit=101' },
  },
  'get /movies/{id}': {
    200: { id: '9' },
    304: { id: '9', ...known },
    404: { id: String(UNKNOWN_MOVIE) },
    422: { id: 'nine' },
  },
  'get /movies/by/imdb/{id}': {
    200: { id: 'tt0100011' },
    304: { id: 'tt0100011', ...known },
    404: { id: 'tt9999999' },
    422: { id: 'nine' },
  },
  'get /movies/by/tmdb/{id}': {
    200: { id: '811' },
    304: { id: '811', ...known },
    404: { id: '999999' },
    422: { id: 'tt0100011' },
  },
  'get /movies/{id}/similar': {
    200: { id: '7', query: '?k=4&genre=Comedy' },
    304: { id: '7', ...known },
    404: { id: String(UNKNOWN_MOVIE) },
    422: { id: '7', query: '?k=0' },
  },
  'get /similar': {
    200: { query: '?movies=7,9&k=4' },
    304: { query: '?movies=7', ...known },
    404: { query: `?movies=7,${UNKNOWN_MOVIE}` },
    422: { query: '?movies=seven' },
  },
  'get /genres': { 200: {}, 304: known, 503: { home: 'damaged' } },
  'get /top': { 200: { query: '?k=4' }, 304: known, 422: { query: '?genre=Opera' } },
  'post /ratings': {
    202: { body: rated(4), headers: keyed, home: 'withDatabase' },
    ...refusedBodies(keyed, 'withDatabase'),
    401: { body: rated(4) },
    404: { body: rated(4, UNKNOWN_MOVIE), headers: keyed, home: 'withDatabase' },
    403: aboutUsers({ body: rated(4) })[403] as Scenario,
    409: {
      body: rated(4),
      headers: keyed,
      home: 'withDatabase',
      before: { body: rated(3), headers: keyed },
    },
    410: { body: rated(4), headers: keyed, home: 'erased' },
    422: { body: rated(0), headers: keyed, home: 'withDatabase' },
    429: {
      body: rated(4),
      headers: keyed,
      home: 'limited',
      before: { body: rated(3), headers: { ...keyed, 'idempotency-key': 'other' } },
    },
    503: { body: rated(4), headers: keyed },
  },
  'post /feedback': {
    202: { body: watched(7), headers: keyed, home: 'withDatabase' },
    ...refusedBodies(keyed, 'withDatabase'),
    401: { body: watched(7) },
    404: { body: watched(UNKNOWN_MOVIE), headers: keyed, home: 'withDatabase' },
    403: aboutUsers({ body: watched(7) })[403] as Scenario,
    409: {
      body: watched(7),
      headers: keyed,
      home: 'withDatabase',
      before: { body: watched(9), headers: keyed },
    },
    410: { body: watched(7), headers: keyed, home: 'erased' },
    422: { body: { events: [{ user: 10, movie: 7, kind: 'rated' }] }, headers: keyed, home: 'withDatabase' },
    429: {
      body: watched(7),
      headers: keyed,
      home: 'limited',
      before: { body: watched(9), headers: { ...keyed, 'idempotency-key': 'other' } },
    },
    503: { body: watched(7), headers: keyed },
  },
  'delete /feedback': {
    200: { query: '?user=10&movie=7', headers: keyed, home: 'withDatabase' },
    422: { query: '?user=10&movie=7&kind=liked', headers: keyed, home: 'withDatabase' },
    ...aboutUsers({ query: '?user=10&movie=7' }),
  },
  'get /users/{id}/data': {
    200: { id: '10', headers: keyed, home: 'withDatabase' },
    422: { id: 'ten', headers: keyed, home: 'withDatabase' },
    ...aboutUsers({ id: '10' }),
  },
  'delete /users/{id}': {
    200: { id: '10', headers: { authorization: `Bearer ${ADMIN}` }, home: 'withDatabase' },
    422: { id: 'ten', headers: { authorization: `Bearer ${ADMIN}` }, home: 'withDatabase' },
    ...aboutUsers({ id: '10' }),
  },
  'get /model': { 200: {}, 304: known, 503: { home: 'damaged' } },
  'get /model/golden': { 200: {}, 503: { home: 'damaged' } },
  'get /status': { 200: {}, 503: { home: 'damaged' } },
  'get /badge/{name}': { 200: { id: 'ingest' }, 404: { id: 'coverage' } },
};

const document = (await (await HOMES.whole().get('/api/openapi.json')).json()) as ApiDocument;
const described = describedAnswers(document);
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
);
const answers = operations.flatMap(({ method, path, operation }) =>
  Object.keys(operation.responses).map((status) => [method, path, Number(status)] as const),
);

/** As `SCENARIOS` names a route: `get /movies`. */
function nameOf(method: string, path: string): string {
  return `${method} ${path.replace('/api/v1', '')}`;
}

/** Whoever has asked as much as they may is refused what else would be answered well. */
function scenarioOf(name: string, status: number): Scenario | undefined {
  const of = SCENARIOS[name];
  if (of?.[status] !== undefined || status !== 429) return of?.[status];
  return { ...(of?.[200] ?? of?.[202]), home: 'spent' };
}

function ask(api: TestApi, method: string, path: string, scenario: Scenario): Promise<Response> {
  const address = path.replace(/\{\w+\}/, scenario.id ?? '') + (scenario.query ?? '');
  if (scenario.body === 'slow') return api.post(address, new ReadableStream(), scenario.headers);
  if (method === 'post') return api.post(address, scenario.body, scenario.headers);
  return Promise.resolve(
    api.app.request(address, { method: method.toUpperCase(), headers: { ...scenario.headers } }),
  );
}

test.each(answers)('%s %s answers %i as it is described', async (method, path, status) => {
  const scenario = scenarioOf(nameOf(method, path), status);
  if (scenario === undefined) throw new Error(`no scenario makes ${method} ${path} answer ${status}`);
  const api = await HOMES[scenario.home ?? 'whole']();
  if (scenario.before !== undefined) {
    expect((await ask(api, method, path, scenario.before)).ok).toBe(true);
  }
  const response = await ask(api, method, path, scenario);
  const answer = { status: response.status, headers: response.headers, body: await response.text() };
  expect(answer.status, answer.body).toBe(status);
  expect(described.problemsOf(method, path, answer)).toEqual([]);
  expect(response.headers.get('x-request-id')).toMatch(/^request-\d+$/);
  expect(response.headers.get('x-model-version')).toBe(scenario.home === 'damaged' ? null : '3');
  expect(api.failures).toEqual([]);
});

test('there is no scenario for a route or an answer that the document does not have', () => {
  const describedNames = new Map(
    operations.map(({ method, path, operation }) => [nameOf(method, path), Object.keys(operation.responses)]),
  );
  const tested = Object.keys(SCENARIOS).map(
    (name) =>
      [
        name,
        describedNames.get(name)?.filter((status) => scenarioOf(name, Number(status)) !== undefined),
      ] as const,
  );
  expect(new Map(tested)).toEqual(describedNames);
});

test('an answer that is not as described is told apart', () => {
  const headers = new Headers({ 'content-type': 'application/json' });
  const said = (body: object, status = 200) =>
    described.problemsOf('get', '/api/v1/predictions', { status, headers, body: JSON.stringify(body) });
  const whole = {
    user: 1,
    movie: 2,
    rating: 3.5,
    deviation: null,
    interval: null,
    strategy: 'folded-in',
    modelVersion: 3,
  };
  expect(said(whole)).toEqual([]);
  expect(said({ ...whole, secret: 1 })).toEqual([expect.stringContaining('unevaluated properties')]);
  expect(said({ ...whole, strategy: 'guess' })).toEqual([expect.stringContaining('strategy')]);
  expect(said({ ...whole, modelVersion: undefined })).toEqual([expect.stringContaining('modelVersion')]);
  expect(said(whole, 201)).toEqual([expect.stringContaining('does not say that it answers 201')]);
});
