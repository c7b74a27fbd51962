/** From an erasure on, a running server answers about the user as about one whom nobody knows. */
import { expect, test } from 'vitest';
import { type Database, openDatabase } from '../../api/database.ts';
import { embeddedDatabase } from '../../api/embedded-database.ts';
import { WINDOW_MS } from '../../api/target-users.ts';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import { allowUser } from '../../pipeline/store/allow-user.ts';
import { createApiKey } from '../../pipeline/store/api-keys.ts';
import { eraseUser } from '../../pipeline/store/erase-user.ts';
import type { Store } from '../../pipeline/store/store.ts';
import { NOW, servingOf } from '../support/serving.ts';
import { smallWorld, UNKNOWN_USER } from '../support/small-world.ts';
import { onEachHome } from '../support/stores.ts';
import { good, startApi, type TestApi } from './start-api.ts';

const serving = openServing(servingOf(await smallWorld()).files, 'model v3');
const KNOWN = 10;
const OTHER = 13;
const ADMIN = { authorization: 'Bearer cm_admin' };
const APP = { authorization: 'Bearer cm_app' };

/** Everything that the API tells of a user, with the id and the cursors, which have it, taken out. */
async function told(api: TestApi, user: number, headers: Readonly<Record<string, string>>): Promise<unknown> {
  const get = (path: string) => good(api.get(`/api/v1/${path}`, headers));
  const post = (path: string, body: unknown) => good(api.post(`/api/v1/${path}`, body, headers));
  const pairs = [7, 9].map((movie) => ({ user, movie }));
  const open = [
    await get(`recommendations?user=${user}&k=20`),
    await get(`predictions?user=${user}&movie=7`),
    await post('recommendations/users', { users: [user], k: 20 }),
    await post('predictions', { pairs }),
    await post('predictions', { pairs, modelOnly: true }),
  ];
  const keyed =
    headers === APP
      ? [
          await get(`recommendations?user=${user}&k=20&explain=true`),
          await post('recommendations/group', { users: [user, OTHER], k: 20 }),
        ]
      : [];
  const text = JSON.stringify([...open, ...keyed]);
  return JSON.parse(text.replaceAll(`"user":${user}`, '"user":0').replaceAll(/"next":"[^"]*"/g, '"next":""'));
}

onEachHome(({ openStore }) => {
  const HOMES: Readonly<Record<string, (store: Store, last: () => number) => Database>> = {
    'a database server': (store) =>
      openDatabase({
        use: (work) => work(store),
        clock: () => NOW,
        onFailure: () => {},
        limits: { readMs: 60_000, writeMs: 60_000, rememberMs: 60_000 },
      }),
    'the embedded database': (store, last) =>
      embeddedDatabase(
        { use: (work) => work(store), clock: () => NOW, onFailure: () => {} },
        null,
        async () => last(),
      ),
  };

  async function started(home: string) {
    const store = await openStore();
    await createApiKey(store, { name: 'admin', key: 'cm_admin', scopes: ['admin'] }, NOW);
    await createApiKey(store, { name: 'app', key: 'cm_app' }, NOW);
    let erasures = 0;
    const database = (HOMES[home] as (typeof HOMES)[string])(store, () => erasures);
    const api = startApi({ serving, database });
    const rate = (user: number, key: string) =>
      api.post(
        '/api/v1/ratings',
        { ratings: [{ user, movie: 7, stars: 5 }] },
        { ...APP, 'idempotency-key': key },
      );
    const erase = (user: number, headers = ADMIN) =>
      Promise.resolve(api.app.request(`/api/v1/users/${user}`, { method: 'DELETE', headers }));
    return { store, api, rate, erase, noteErasure: () => erasures++ };
  }

  test.each(Object.keys(HOMES))('with %s, an erasure by the API counts at once', async (home) => {
    const { api, rate, erase } = await started(home);
    expect((await rate(KNOWN, 'one')).status).toBe(202);
    const before = await told(api, KNOWN, APP);
    expect(await told(api, KNOWN, {})).not.toEqual(await told(api, UNKNOWN_USER, {}));
    expect((await erase(KNOWN, APP)).status).toBe(403);
    const erased = await good(erase(KNOWN));
    expect(erased).toMatchObject({
      user: KNOWN,
      removedNow: { feedback: 1 },
      held: { models: [], sources: [] },
    });

    const unknown = await told(api, UNKNOWN_USER, APP);
    expect(unknown).not.toEqual(before);
    expect(await told(api, KNOWN, APP)).toEqual(unknown);
    expect(await told(api, KNOWN, {})).toEqual(await told(api, UNKNOWN_USER, {}));
    const data = await good(api.get(`/api/v1/users/${KNOWN}/data`, APP));
    expect(data).toMatchObject({
      known: false,
      served: { known: false, ratings: 0 },
      erasure: { isKeptOut: true },
    });
    const again = await good(erase(KNOWN));
    expect(again).toMatchObject({
      erasedAt: erased.erasedAt,
      removed: erased.removed,
      removedNow: { feedback: 0 },
    });

    const refused = await rate(KNOWN, 'two');
    expect(refused.status).toBe(410);
    expect(await refused.json()).toMatchObject({
      code: 'user-erased',
      errors: [{ message: 'user 10 was erased' }],
    });
    const event = { events: [{ user: KNOWN, movie: 7, kind: 'watched' }] };
    const ofEvent = await api.post('/api/v1/feedback', event, { ...APP, 'idempotency-key': 'three' });
    expect(ofEvent.status).toBe(410);
    expect((await rate(OTHER, 'four')).status).toBe(202);
    const shown = await good(api.get(`/api/v1/recommendations?user=${KNOWN}&remember=true`, APP));
    expect(shown.remembered).toBe(false);
  });

  test.each(Object.keys(HOMES))(
    'with %s, an erasure by another process counts within seconds',
    async (home) => {
      const { store, api, rate, noteErasure } = await started(home);
      expect((await rate(KNOWN, 'one')).status).toBe(202);
      await told(api, KNOWN, APP);
      await told(api, KNOWN, {});
      await eraseUser(store, { userId: KNOWN, by: 'ada', at: NOW });
      noteErasure();
      api.setTime(new Date(NOW.getTime() + WINDOW_MS).toISOString());
      expect(await told(api, KNOWN, APP)).toEqual(await told(api, UNKNOWN_USER, APP));
      expect(await told(api, KNOWN, {})).toEqual(await told(api, UNKNOWN_USER, {}));
      const cached = await api.get(`/api/v1/predictions?user=${KNOWN}&movie=7`, { 'if-none-match': '*' });
      expect([cached.status, cached.headers.get('cache-control')]).toEqual([200, 'private, no-store']);
    },
  );

  test('a user who comes back is served by new ratings only', async () => {
    const { store, api, rate, erase } = await started('a database server');
    await good(erase(KNOWN));
    await allowUser(store, { userId: KNOWN, by: 'ada', at: NOW });
    expect((await rate(KNOWN, 'one')).status).toBe(202);
    const list = await good(api.get(`/api/v1/recommendations?user=${KNOWN}`, APP));
    expect(list).toMatchObject({ strategy: 'folded-in', excluded: 1 });
    const person = serving.model.foldIn([{ movieId: 7, stars: 5 }]);
    const { rating } = await good(api.get(`/api/v1/predictions?user=${KNOWN}&movie=9`, APP));
    expect(rating).toBeCloseTo(person.predict(9).rating, 6);
    expect(await good(api.get(`/api/v1/users/${KNOWN}/data`, APP))).toMatchObject({
      known: true,
      feedback: [{ movie: 7, stars: 5, batch: null, key: 'app' }],
      erasure: { isKeptOut: false },
    });
  });

  test('while the database is down, an erased user stays erased', async () => {
    const { store, erase, api: first } = await started('a database server');
    await good(erase(KNOWN));
    let isDown = false;
    const database = openDatabase({
      use: (work) => (isDown ? new Promise(() => {}) : work(store)),
      clock: () => NOW,
      onFailure: () => {},
      limits: { readMs: 500 },
    });
    const api = startApi({ serving, database });
    const expected = await told(api, KNOWN, {});
    expect(expected).toEqual(await told(first, UNKNOWN_USER, {}));
    isDown = true;
    api.setTime(new Date(NOW.getTime() + WINDOW_MS).toISOString());
    expect(await told(api, KNOWN, {})).toEqual(expected);
  });
});
