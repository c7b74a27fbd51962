/** What users do with movies besides rating them, from the request to the database and back to their lists. */
import { expect, test } from 'vitest';
import { openDatabase } from '../../api/database.ts';
import { embeddedDatabase } from '../../api/embedded-database.ts';
import { WINDOW_MS } from '../../api/target-users.ts';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import { createApiKey } from '../../pipeline/store/api-keys.ts';
import { ingestBatch } from '../../pipeline/store/ingest-batch.ts';
import type { Store } from '../../pipeline/store/store.ts';
import { batchOf } from '../support/batches.ts';
import { NOW, servingOf } from '../support/serving.ts';
import { NEWCOMER, smallWorld, UNKNOWN_MOVIE, UNKNOWN_USER } from '../support/small-world.ts';
import { onEachHome } from '../support/stores.ts';
import { memoryDatabase } from './memory-database.ts';
import { errorsOf } from './refusal.ts';
import { good, startApi, type TestApi } from './start-api.ts';

const world = await smallWorld();
const serving = openServing(servingOf(world).files, 'model v3');
const KEY = 'cm_of-a-test';
const USER = 10;
const DAY_MS = 86_400_000;
const LIMITS = { readMs: 60_000, writeMs: 60_000, rememberMs: 60_000 };

interface Site {
  readonly api: TestApi;
  /** Sends events under an idempotency key of their own. */
  send(...events: readonly object[]): Promise<void>;
  /** Ids of a list. */
  list(user: number, query?: string): Promise<number[]>;
  predicted(user: number): Promise<unknown>;
  later(milliseconds: number): void;
  remove(query: string): Promise<{ readonly withdrawn: number; readonly ingested: boolean }>;
}

/**
 * The API on a store with a key, as a server on this machine or a function has it.
 *
 * @param onUse is called each time that the store is used.
 */
async function started(store: Store, isEmbedded = false, onUse = () => {}): Promise<Site> {
  await createApiKey(store, { name: 'site', key: KEY }, NOW);
  await ingestBatch(store, batchOf('all', world.ratings), { maxRejectShare: 0 });
  const options = {
    use: <T>(work: (of: Store) => Promise<T>) => {
      onUse();
      return work(store);
    },
    clock: () => api.now(),
    onFailure: (error: unknown) => {
      throw error;
    },
  };
  const database = isEmbedded
    ? embeddedDatabase(options, null)
    : openDatabase({ ...options, limits: LIMITS });
  const api: TestApi = startApi({ isKeyed: true, serving, database });
  return siteOf(api);
}

function siteOf(api: TestApi): Site {
  let requests = 0;
  const authorization = `Bearer ${KEY}`;
  return {
    api,
    send: async (...events) => {
      const headers = { authorization, 'idempotency-key': `request-${requests++}` };
      await good(api.post('/api/v1/feedback', { events }, headers));
    },
    list: async (user, query = '') => {
      const body = await good(
        api.get(`/api/v1/recommendations?user=${user}&k=100${query}`, { authorization }),
      );
      return body.recommendations.map(({ movie }: { movie: number }) => movie);
    },
    predicted: (user) => good(api.get(`/api/v1/predictions?user=${user}&movie=33`)),
    later: (milliseconds) => api.setTime(new Date(api.now().getTime() + milliseconds).toISOString()),
    remove: async (query) =>
      good(
        Promise.resolve(
          api.app.request(`/api/v1/feedback?${query}`, { method: 'DELETE', headers: { authorization } }),
        ),
      ),
  };
}

function withKey() {
  const database = memoryDatabase();
  database.addKey(KEY);
  return database;
}

/** A user whom the model knows, one who came after the training, and one of whom there is nothing. */
const USERS = [USER, NEWCOMER, UNKNOWN_USER];

onEachHome(({ openStore }) => {
  test('a hidden movie is in no list any more, whatever is asked, and comes back when that is taken back', async () => {
    const { send, list, predicted, remove } = await started(await openStore());
    for (const user of USERS) {
      const [before, rated] = [await list(user), await predicted(user)];
      const [first, ...others] = before as [number];
      await send({ user, movie: first, kind: 'hidden' });
      expect(new Set(await list(user))).toEqual(new Set(others));
      for (const query of ['&exclude_seen=false', '&sort=rating', '&diversity=0.5', '&calibrated=true']) {
        expect(await list(user, query)).not.toContain(first);
      }
      expect(await predicted(user)).toEqual(rated);
      expect(await remove(`user=${user}&movie=${first}&kind=hidden`)).toEqual({
        withdrawn: 1,
        ingested: false,
      });
      expect(await list(user)).toEqual(before);
    }
  });

  test('a watched movie is left out as a rated one, and moves the list and no prediction', async () => {
    const { api, send, list, predicted } = await started(await openStore());
    for (const user of USERS) {
      const [before, rated] = [await list(user, '&novelty=0'), await predicted(user)];
      const seen = before.slice(10, 16);
      await send(...seen.map((movie) => ({ user, movie, kind: 'watched' })));
      const after = await list(user, '&novelty=0');
      expect(after).toEqual(after.filter((movie) => !seen.includes(movie)));
      expect(after).not.toEqual(before.filter((movie) => !seen.includes(movie)));
      expect(await list(user, '&exclude_seen=false')).toEqual(expect.arrayContaining(seen));
      expect(await predicted(user)).toEqual(rated);
      const body = await good(api.get(`/api/v1/recommendations?user=${user}`));
      expect(body.strategy).toBe('folded-in');
    }
  });

  test('a wanted movie stays in the list, moves it, and changes no prediction', async () => {
    const { send, list, predicted } = await started(await openStore());
    for (const user of USERS) {
      const [before, rated] = [await list(user, '&novelty=0'), await predicted(user)];
      const wished = before[20] as number;
      await send({ user, movie: wished, kind: 'wanted' });
      const after = await list(user, '&novelty=0');
      expect(after).toContain(wished);
      expect(after).not.toEqual(before);
      if (user !== UNKNOWN_USER) expect(after.indexOf(wished)).toBeLessThan(before.indexOf(wished));
      expect(await predicted(user)).toEqual(rated);
    }
  });

  test('a movie that is shown again and again sinks, and is back after some half-lives', async () => {
    const { send, list, predicted, later } = await started(await openStore());
    for (const user of USERS) {
      const [before, rated] = [await list(user), await predicted(user)];
      const [first] = before as [number];
      const placeOf = async () => (await list(user)).indexOf(first);
      await send({ user, movie: first, kind: 'shown', count: 2 });
      const sunk = await placeOf();
      expect(sunk).toBeGreaterThan(0);
      await send({ user, movie: first, kind: 'shown', count: 50 });
      expect(await placeOf()).toBeGreaterThan(sunk);
      expect(await predicted(user)).toEqual(rated);
      later(28 * DAY_MS);
      expect(await placeOf()).toBeLessThan(sunk + 10);
      later(70 * DAY_MS);
      expect(await list(user)).toEqual(before);
    }
  });

  test('a movie that the user wants does not sink', async () => {
    const { send, list } = await started(await openStore());
    const [first] = (await list(USER)) as [number];
    await send({ user: USER, movie: first, kind: 'wanted' });
    const before = await list(USER);
    await send({ user: USER, movie: first, kind: 'shown', count: 100 });
    expect(await list(USER)).toEqual(before);
  });

  test('a list that is remembered is followed by another one, and no answer of it is given twice', async () => {
    const { api, list, later } = await started(await openStore());
    const headers = { authorization: `Bearer ${KEY}` };
    for (const user of USERS) {
      const address = `/api/v1/recommendations?user=${user}&k=5&remember=true`;
      const ids = async () => {
        const response = await api.get(address, headers);
        expect(response.headers.get('cache-control')).toBe('private, no-store');
        expect(response.headers.get('etag')).toBeNull();
        const body = await good(Promise.resolve(response));
        expect(body.remembered).toBe(true);
        return body.recommendations.map(({ movie }: { movie: number }) => movie);
      };
      const before = (await list(user)).slice(0, 5);
      expect(await ids()).toEqual(before);
      later(WINDOW_MS);
      const next = await ids();
      expect(next).not.toEqual(before);
      later(WINDOW_MS);
      expect(await ids()).not.toEqual(next);
    }
  });

  test('interactions are asked with the question that was asked before, once in the window', async () => {
    let uses = 0;
    const { send, list, later } = await started(await openStore(), false, () => uses++);
    await send({ user: USER, movie: 7, kind: 'hidden' }, { user: USER, movie: 9, kind: 'watched' });
    uses = 0;
    await list(USER);
    // One about the user, and one about who was erased.
    expect(uses).toBe(2);
    await list(USER, '&novelty=0');
    expect(uses).toBe(2);
    later(WINDOW_MS);
    await list(USER);
    expect(uses).toBe(4);
  });

  test('lists that are remembered at once, and events meanwhile, are all counted', async () => {
    const store = await openStore();
    const { list, send } = await started(store);
    const lists = ['k', 'diversity=0.4&k', 'novelty=0&k', 'sort=rating&k'].map((query) =>
      list(USER, `&remember=true&${query.replace(/&?k$/, '')}`),
    );
    const [first] = await Promise.all([
      ...lists,
      send(
        { user: USER, movie: 7, kind: 'shown', count: 4 },
        { user: USER, movie: 9, kind: 'shown', count: 4 },
      ),
    ]);
    const rows = await store.sql<{ movieId: number; times: number }[]>`
      select movie_id, times from interactions where user_id = ${USER}`;
    const total = rows.reduce((sum, { times }) => sum + times, 0);
    expect(total).toBe(4 * (first as number[]).length + 8);
  });

  test('all events of a request are stored or none, once, and count against the limit', async () => {
    const store = await openStore();
    const { api } = await started(store);
    const give = (events: readonly object[], name: string) =>
      api.post('/api/v1/feedback', { events }, { authorization: `Bearer ${KEY}`, 'idempotency-key': name });
    const events = [
      { user: USER, movie: 7, kind: 'rated', stars: 4, at: '2026-03-04T11:00:00Z' },
      { user: USER, movie: 9, kind: 'shown', count: 3, at: '2026-02-25T12:00:00Z' },
      { user: USER, movie: 9, kind: 'shown' },
      { user: USER, movie: 11, kind: 'wanted', at: '2026-03-01T12:00:00Z' },
      { user: USER, movie: 11, kind: 'wanted', at: '2026-02-01T12:00:00Z' },
    ];
    const refused = await give([...events, { user: USER, movie: UNKNOWN_MOVIE, kind: 'watched' }], 'one');
    expect(await refused.json()).toMatchObject({
      detail: `events.5.movie: movie ${UNKNOWN_MOVIE} is unknown. Nothing was stored.`,
    });
    expect(await store.sql`select from interactions`).toHaveLength(0);
    expect(await good(give(events, 'one'))).toEqual({ recorded: 5, request: 1, repeated: false });
    expect(await good(give(events, 'one'))).toEqual({ recorded: 5, request: 1, repeated: true });
    expect((await give(events.slice(1), 'one')).status).toBe(409);
    // Three showings of a week ago count one and a half today.
    expect(await store.sql`select movie_id, kind, at, times from interactions order by movie_id`).toEqual([
      { movieId: 9, kind: 'shown', at: NOW.getTime() / 1000, times: 2.5 },
      { movieId: 11, kind: 'wanted', at: Date.parse('2026-03-01T12:00:00Z') / 1000, times: 1 },
    ]);
    expect(await store.sql`select movie_id, half from feedback`).toEqual([{ movieId: 7, half: 8 }]);
    expect(await store.sql`select window_ratings from api_keys`).toEqual([{ windowRatings: 5 }]);
  });

  test('a rating that no batch has is taken back at once, and of an ingested one that is said', async () => {
    const store = await openStore();
    const { api, send, list, remove } = await started(store);
    const before = await good(api.get(`/api/v1/recommendations?user=${USER}&k=100`));
    const [first] = (await list(USER)) as [number];
    await send(
      { user: USER, movie: first, kind: 'rated', stars: 1 },
      { user: USER, movie: first, kind: 'rated', stars: 2 },
      { user: USER, movie: first, kind: 'shown' },
    );
    expect(await list(USER)).not.toContain(first);
    expect(await remove(`user=${USER}&movie=${first}&kind=shown`)).toEqual({ withdrawn: 1, ingested: false });
    expect(await list(USER)).not.toContain(first);
    for (const withdrawn of [2, 0]) {
      expect(await remove(`user=${USER}&movie=${first}`)).toEqual({ withdrawn, ingested: false });
      expect(await good(api.get(`/api/v1/recommendations?user=${USER}&k=100`))).toEqual(before);
    }
    const [ingested] = serving.seen?.ratingsOf(USER) ?? [];
    await send({ user: USER, movie: ingested?.movieId, kind: 'rated', stars: 1 });
    for (const withdrawn of [1, 0]) {
      expect(await remove(`user=${USER}&movie=${ingested?.movieId}`)).toEqual({ withdrawn, ingested: true });
    }
  });

  test('the server on one machine, which asks no database, says the same', async () => {
    const [site, other] = [
      await started(await openStore(), true),
      siteOf(startApi({ serving, database: withKey() })),
    ];
    const { send, list, remove, later } = site;
    const before = await list(USER);
    expect(before).toEqual(await other.list(USER));
    const [first, second, third] = before as [number, number, number];
    await send(
      { user: USER, movie: first, kind: 'hidden' },
      { user: USER, movie: second, kind: 'rated', stars: 3 },
      { user: USER, movie: third, kind: 'shown', count: 40 },
    );
    const after = await list(USER);
    expect([after.includes(first), after.includes(second)]).toEqual([false, false]);
    expect(after.indexOf(third)).toBeGreaterThan(0);
    await remove(`user=${USER}&movie=${first}`);
    await remove(`user=${USER}&movie=${second}`);
    await remove(`user=${USER}&movie=${third}`);
    expect(await list(USER)).toEqual(before);
    expect(await list(USER, '&remember=true')).toEqual(before);
    later(WINDOW_MS);
    expect(await list(USER)).toHaveLength(before.length);
  });
});

test('another instance sees within the window what was taken back', async () => {
  const database = memoryDatabase();
  database.addKey(KEY);
  const [one, other] = [
    siteOf(startApi({ isKeyed: true, serving, database })),
    siteOf(startApi({ serving, database })),
  ];
  const before = await other.list(USER);
  const [first] = before as [number];
  for (const kind of ['hidden', 'rated']) {
    await one.send({ user: USER, movie: first, kind, ...(kind === 'rated' ? { stars: 2 } : {}) });
    other.later(WINDOW_MS);
    expect(await other.list(USER)).not.toContain(first);
    await one.remove(`user=${USER}&movie=${first}`);
    expect(await one.list(USER)).toEqual(before);
    other.later(WINDOW_MS);
    expect(await other.list(USER)).toEqual(before);
  }
});

test('while the database is down a list is given and not remembered, and what is hidden stays hidden', async () => {
  const database = memoryDatabase();
  database.addKey(KEY);
  const { api, send, list, later } = siteOf(startApi({ isKeyed: true, serving, database }));
  const [first] = (await list(USER)) as [number];
  await send({ user: USER, movie: first, kind: 'hidden' });
  expect(await list(USER)).not.toContain(first);
  database.breakDown();
  later(WINDOW_MS);
  expect(await list(USER)).not.toContain(first);
  const address = `/api/v1/recommendations?user=${USER}&k=3&remember=true`;
  const headers = { authorization: `Bearer ${KEY}` };
  expect(await good(api.get(address, headers))).toMatchObject({
    remembered: false,
    recommendations: [{}, {}, {}],
  });
  const alone = startApi({ serving });
  expect((await alone.get(address, headers)).status).toBe(503);
});

test('only a list with a valid key is remembered', async () => {
  const database = withKey();
  const api = startApi({ serving, database });
  const address = `/api/v1/recommendations?user=${USER}&remember=true`;
  for (const headers of [{}, { authorization: 'Bearer cm_other' }]) {
    const response = await api.get(address, headers);
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  }
  expect((await database.sinceTraining([USER], [])).interactions).toEqual([]);
});

test('an event that is none is refused with what it must be', async () => {
  const database = memoryDatabase();
  database.addKey(KEY);
  const api = startApi({ isKeyed: true, serving, database });
  const give = (event: object) =>
    errorsOf(
      api.post(
        '/api/v1/feedback',
        { events: [{ user: USER, movie: 7, ...event }] },
        { authorization: `Bearer ${KEY}`, 'idempotency-key': 'one' },
      ),
    );
  const kinds = [{ at: 'events.0.kind', message: 'must be rated, watched, wanted, hidden, shown' }];
  expect(await give({ kind: 'loved' })).toEqual(kinds);
  expect(await give({})).toEqual(kinds);
  expect(await give({ kind: 'rated' })).toEqual([{ at: 'events.0.stars', message: 'is missing' }]);
  expect(await give({ kind: 'watched', stars: 4 })).toEqual([
    { at: 'events.0', message: 'does not accept "stars"' },
  ]);
  expect(await give({ kind: 'shown', count: 0 })).toEqual([
    { at: 'events.0.count', message: 'must be at least 1' },
  ]);
  expect(await give({ kind: 'hidden', at: '1969-12-31T23:59:59Z' })).toEqual([
    {
      at: 'events.0.at',
      message: 'must be a time from 1970 on, with seconds, such as 2026-03-01T10:00:00Z',
    },
  ]);
});
