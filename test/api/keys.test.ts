/** Which keys may do what, for whom, and what wrong ones cost. */
import { expect, test } from 'vitest';
import { BETWEEN_QUESTIONS_MS, KEYS_MS, MOST_WRONG_KEYS } from '../../api/keys.ts';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import type { Scope } from '../../pipeline/store/api-keys.ts';
import { servingOf } from '../support/serving.ts';
import { smallWorld } from '../support/small-world.ts';
import type { ApiDocument } from './api-document.ts';
import { type MemoryDatabase, memoryDatabase } from './memory-database.ts';
import { startApi, type TestApi } from './start-api.ts';

const world = await smallWorld();
const closed = openServing(servingOf({ ...world, facts: { userRoutes: 'keyed' } }).files, 'model v3');
const PREDICTION = '/api/v1/predictions?user=10&movie=7';
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

function started(): { readonly api: TestApi; readonly database: MemoryDatabase } {
  const database = memoryDatabase();
  for (const scope of ['read', 'write', 'admin'] as const)
    database.addKey(`cm_${scope}`, { scopes: [scope] });
  database.addKey('cm_app', { users: '10,1000-1999' });
  return { api: startApi({ serving: closed, database }), database };
}

/** A request about a user to each route that needs a key: how it is sent. */
const ABOUT: Readonly<Record<string, (api: TestApi, user: number, key: string) => Promise<Response>>> = {
  'get /recommendations': (api, user, key) => api.get(`/api/v1/recommendations?user=${user}`, bearer(key)),
  'post /recommendations/users': (api, user, key) =>
    api.post('/api/v1/recommendations/users', { users: [10, user] }, bearer(key)),
  'post /recommendations/group': (api, user, key) =>
    api.post('/api/v1/recommendations/group', { users: [10, user] }, bearer(key)),
  'get /predictions': (api, user, key) => api.get(`/api/v1/predictions?user=${user}&movie=7`, bearer(key)),
  'post /predictions': (api, user, key) =>
    api.post(
      '/api/v1/predictions',
      { pairs: [10, user].map((one) => ({ user: one, movie: 7 })) },
      bearer(key),
    ),
  'post /ratings': (api, user, key) =>
    api.post(
      '/api/v1/ratings',
      { ratings: [10, user].map((one) => ({ user: one, movie: 7, stars: 4 })) },
      { ...bearer(key), 'idempotency-key': `${user}-${key}` },
    ),
  'post /feedback': (api, user, key) =>
    api.post(
      '/api/v1/feedback',
      { events: [10, user].map((one) => ({ user: one, movie: 7, kind: 'watched' })) },
      { ...bearer(key), 'idempotency-key': `${user}-${key}` },
    ),
  'delete /feedback': (api, user, key) =>
    Promise.resolve(
      api.app.request(`/api/v1/feedback?user=${user}&movie=7`, { method: 'DELETE', headers: bearer(key) }),
    ),
  'get /users/{id}/data': (api, user, key) => api.get(`/api/v1/users/${user}/data`, bearer(key)),
  'delete /users/{id}': (api, user, key) =>
    Promise.resolve(api.app.request(`/api/v1/users/${user}`, { method: 'DELETE', headers: bearer(key) })),
};

const document = (await (await started().api.get('/api/openapi.json')).json()) as ApiDocument;
const scoped = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, { security }]) => {
    const scope = (security ?? []).flatMap((scheme) => Object.values(scheme)).flat()[0] as Scope | undefined;
    return scope === undefined ? [] : [{ name: `${method} ${path.replace('/api/v1', '')}`, scope }];
  }),
);

test('every route that needs a key is asked here', () => {
  expect(scoped.map(({ name }) => name).toSorted()).toEqual(Object.keys(ABOUT).toSorted());
});

test.each(scoped)('$name needs a key with $scope, or with admin', async ({ name, scope }) => {
  const { api } = started();
  const ask = ABOUT[name] as (typeof ABOUT)[string];
  expect((await ask(api, 13, '')).status).toBe(401);
  for (const own of ['read', 'write', 'admin'] as const) {
    const response = await ask(api, 13, `cm_${own}`);
    const may = own === scope || own === 'admin';
    expect(response.ok, own).toBe(may);
    if (may) continue;
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({
      code: 'forbidden',
      detail: expect.stringMatching(
        new RegExp(
          `^This needs a key that may ${scope}, and the key \\S+ may ${own} only\\. .*--scope ${scope}\\.$`,
        ),
      ),
    });
  }
});

test.each(scoped)(
  '$name: a key of some users is for these only, and is told whom it may not ask for',
  async ({ name, scope }) => {
    // Its key may read and write.
    if (scope === 'admin') return;
    const { api } = started();
    const ask = ABOUT[name] as (typeof ABOUT)[string];
    if (name !== 'delete /feedback') expect((await ask(api, 1000, 'cm_app')).ok).toBe(true);
    for (const user of [13, 999, 2000]) {
      const response = await ask(api, user, 'cm_app');
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({
        detail: expect.stringMatching(
          new RegExp(
            `^The key \\S+ is for the users 10,1000-1999 only, and ${user} is not one of them\\. It may read and write`,
          ),
        ),
      });
    }
  },
);

test('nothing is stored of a request about users of another app', async () => {
  const { api, database } = started();
  for (const name of ['post /ratings', 'post /feedback', 'delete /feedback']) {
    expect((await (ABOUT[name] as (typeof ABOUT)[string])(api, 13, 'cm_app')).status).toBe(403);
  }
  const { unlearned, interactions } = await database.sinceTraining([10, 13], []);
  expect([[...unlearned], interactions]).toEqual([[], []]);
});

test('what a response of one key had is given to another key only with the same rights', async () => {
  const { api, database } = started();
  database.addKey('cm_same', { scopes: ['read'] });
  const list = (key: string, user = 13) =>
    api.get(`/api/v1/recommendations?user=${user}&exclude_seen=false`, bearer(key));
  for (let time = 0; time < 2; time++) {
    expect((await list('cm_read')).status).toBe(200);
    expect((await list('cm_same')).status).toBe(200);
    expect((await list('cm_app')).status).toBe(403);
    expect((await list('cm_write')).status).toBe(403);
    expect((await list('cm_unknown')).status).toBe(401);
    expect((await api.get('/api/v1/recommendations?user=13&exclude_seen=false')).status).toBe(401);
  }
});

test('a revoked key reads for some seconds at most and writes no more, and a new one is known after some', async () => {
  const { api, database } = started();
  const predict = async (key: string) => (await api.get(PREDICTION, bearer(key))).status;
  const later = (milliseconds: number) =>
    api.setTime(new Date(api.now().getTime() + milliseconds).toISOString());
  expect(await predict('cm_admin')).toBe(200);
  database.revokeKey('cm_admin');
  database.addKey('cm_new');
  expect(await predict('cm_new')).toBe(401);
  later(BETWEEN_QUESTIONS_MS);
  expect(await predict('cm_new')).toBe(200);
  expect(await predict('cm_admin')).toBe(401);
  database.revokeKey('cm_new');
  expect(await predict('cm_new')).toBe(200);
  const send = await api.post(
    '/api/v1/ratings',
    { ratings: [{ user: 10, movie: 7, stars: 4 }] },
    { ...bearer('cm_new'), 'idempotency-key': 'one' },
  );
  expect(send.status).toBe(401);
  later(KEYS_MS);
  expect(await predict('cm_new')).toBe(401);
});

test('3,000 wrong keys of one address ask the database once, and are slowed after ten', async () => {
  const { api, database } = started();
  const statuses = new Map<number, number>();
  for (let at = 0; at < 3_000; at++) {
    const response = await api.get(PREDICTION, bearer(`cm_guess-${at}`));
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    if (response.status === 429) expect(response.headers.get('retry-after')).toBe('60');
  }
  expect([...statuses]).toEqual([
    [401, MOST_WRONG_KEYS],
    [429, 3_000 - MOST_WRONG_KEYS],
  ]);
  expect(database.keyQuestions()).toBe(1);
  // Whoever has a key that is known goes on, also from that address.
  expect((await api.get(PREDICTION, bearer('cm_read'))).status).toBe(200);
  api.setTime('2026-03-04T12:01:00Z');
  expect((await api.get(PREDICTION, bearer('cm_guess'))).status).toBe(401);
});

test('3,000 wrong keys of as many addresses ask the database once in five seconds', async () => {
  const { api, database } = started();
  for (let at = 0; at < 3_000; at++) {
    // 5 s in all.
    api.setTime(new Date(Date.parse('2026-03-04T12:00:00Z') + (at * 5_000) / 3_000).toISOString());
    const headers = {
      ...bearer(`cm_guess-${at}`),
      'x-test-address': `198.51.${Math.floor(at / 250)}.${at % 250}`,
    };
    expect((await api.get(PREDICTION, headers)).status).toBe(401);
  }
  expect(database.keyQuestions()).toBe(1);
});

test('requests at the same time share one question', async () => {
  const { api, database } = started();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, at) => api.get(PREDICTION, bearer(at % 2 === 0 ? 'cm_read' : 'cm_wrong'))),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
  expect(database.keyQuestions()).toBe(1);
});

test('while the database is down, keys that are known go on, and others are not called wrong', async () => {
  const { api, database } = started();
  expect((await api.get(PREDICTION, bearer('cm_read'))).status).toBe(200);
  database.breakDown();
  for (let time = 0; time < 3; time++) {
    api.setTime(new Date(api.now().getTime() + KEYS_MS).toISOString());
    expect((await api.get(PREDICTION, bearer('cm_read'))).status).toBe(200);
    expect((await api.get(PREDICTION, bearer('cm_other'))).status).toBe(503);
  }
});

test('where routes about users are closed, all others need no key', async () => {
  const { api } = started();
  expect((await api.get('/api/v1/recommendations?user=10')).status).toBe(401);
  for (const path of [
    'movies?query=film',
    'movies/7',
    'movies/7/similar',
    'top',
    'genres',
    'health/ready',
    'status',
  ]) {
    expect((await api.get(`/api/v1/${path}`)).status, path).toBe(200);
  }
  const newcomer = { ratings: [{ movie: 7, stars: 5 }], explain: true };
  expect((await api.post('/api/v1/recommendations', newcomer)).status).toBe(200);
});

test('a service without a database accepts no key, and says so', async () => {
  const response = await startApi({ serving: closed }).get(PREDICTION, bearer('cm_read'));
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ detail: expect.stringContaining('this service has none') });
});
