/** A database that is stopped, refuses, or falls silent: what needs it says so, and nothing else waits for it. */
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../api/database.ts';
import { WINDOW_MS } from '../../api/target-users.ts';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import { createApiKey } from '../../pipeline/store/api-keys.ts';
import { connectServer } from '../../pipeline/store/connect-server.ts';
import { migrate } from '../../pipeline/store/migrate.ts';
import { renewedStore } from '../../pipeline/store/renewed-store.ts';
import type { Store } from '../../pipeline/store/store.ts';
import { type DatabaseProxy, startDatabaseProxy } from '../support/database-proxy.ts';
import { createDatabase } from '../support/postgres.ts';
import { NOW, servingOf } from '../support/serving.ts';
import { smallWorld } from '../support/small-world.ts';
import { good, startApi, type TestApi } from './start-api.ts';
import { functionFolder, startFunction } from './start-function.ts';

const serverUrl = inject('postgresUrl');
const world = await smallWorld();
const bundle = servingOf(world);
const KEY = 'cm_of-a-test';
const LIST = '/api/v1/recommendations?user=10&k=5';
const OTHERS = [
  '/api/v1/health/live',
  '/api/v1/health/ready',
  '/api/v1/predictions?user=10&movie=7',
  '/api/v1/movies?query=star',
  '/api/v1/movies/7',
  '/api/v1/movies/7/similar',
  '/api/v1/top',
  '/api/v1/model',
  '/api/openapi.json',
];
const keyed = (name: string) => ({
  authorization: `Bearer ${KEY}`,
  'content-type': 'application/json',
  'idempotency-key': name,
});
const reading = { authorization: `Bearer ${KEY}` };
const RATING = { ratings: [{ user: 10, movie: 7, stars: 4 }] };
/** Longer than a busy machine takes. */
const PATIENT_MS = 60_000;

describe.runIf(serverUrl !== null)('on PostgreSQL', () => {
  let databaseUrl: string;
  let store: Store;
  beforeAll(async () => {
    databaseUrl = await createDatabase(serverUrl as string, `cinematch_down_${process.pid}`);
    store = await connectServer(databaseUrl);
    await migrate(store);
    await createApiKey(store, { name: 'site', key: KEY }, NOW);
  });
  afterAll(() => store.close());

  async function proxied(): Promise<DatabaseProxy> {
    const proxy = await startDatabaseProxy(databaseUrl);
    onTestFinished(() => proxy.close());
    await store.sql`truncate feedback, feedback_requests, interactions`;
    return proxy;
  }

  /** The API with a database behind a proxy, connected as the function connects. */
  async function started(of = bundle): Promise<{
    readonly api: TestApi;
    readonly failures: unknown[];
    uses(): number;
    /** Breaks the connection, with deadlines that a test can wait for. */
    fail(how: 'refuse' | 'hang' | 'mute'): Promise<void>;
    mend(): Promise<void>;
  }> {
    const proxy = await proxied();
    const { use, renew, close } = renewedStore(() =>
      connectServer(proxy.url, { max: 1, lazy: true, connectTimeoutSeconds: 60, inactivitySeconds: 60 }),
    );
    onTestFinished(close);
    const failures: unknown[] = [];
    const limits = { readMs: PATIENT_MS, writeMs: PATIENT_MS, rememberMs: PATIENT_MS };
    let uses = 0;
    const database = openDatabase({
      use: (work) => {
        uses++;
        return use(work);
      },
      renew,
      clock: () => api.now(),
      onFailure: (error) => failures.push(error),
      limits,
    });
    const api: TestApi = startApi({ serving: openServing(of.files, 'model v3'), database });
    return {
      api,
      failures,
      uses: () => uses,
      fail: async (how) => {
        await proxy[how]();
        limits.readMs = limits.writeMs = limits.rememberMs = 400;
      },
      mend: async () => {
        await proxy.repair();
        limits.readMs = limits.writeMs = limits.rememberMs = PATIENT_MS;
      },
    };
  }

  const HOWS = ['refuse', 'hang'] as const;
  describe.each(HOWS)('that does %s', (how) => {
    test('takes no ratings, says when to try again, and takes them when it is back', async () => {
      const { api, failures, fail, mend } = await started();
      await fail(how);
      // The key is not known yet, and without it no rating is stored.
      const response = await api.post('/api/v1/ratings', RATING, keyed('first'));
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '15']);
      expect(await response.json()).toMatchObject({
        code: 'database-unavailable',
        detail: expect.stringContaining('With the same idempotency key the ratings are stored only once.'),
      });
      expect(failures).toHaveLength(1);
      await mend();
      api.setTime('2026-03-04T12:00:15.000Z');
      expect(await good(api.post('/api/v1/ratings', RATING, keyed('first')))).toMatchObject({ recorded: 1 });
      expect(await store.sql`select from feedback`).toHaveLength(1);
    });

    test('leaves every other route as it was', async () => {
      const { api, fail } = await started();
      const answered = () =>
        Promise.all(OTHERS.map(async (address) => [address, await (await api.get(address)).text()]));
      const before = await answered();
      const [status, listed] = [await good(api.get('/api/v1/status')), await good(api.get(LIST))];
      expect(status).toMatchObject({ source: 'database', feedbackWaiting: 0 });
      await fail(how);
      expect(await answered()).toEqual(before);
      expect(await good(api.get(LIST))).toEqual(listed);
      expect(await good(api.get('/api/v1/status'))).toMatchObject({ source: 'bundle', feedbackWaiting: 4 });
      expect((await api.get('/api/v1/badge/ingest')).status).toBe(200);
      expect(api.failures).toEqual([]);
    });

    test('remembers no list, gives it whole, and is still asked about users', async () => {
      const { api, failures, uses, fail, mend } = await started();
      const remembered = async () => {
        const { remembered: isKept, ...list } = await good(api.get(`${LIST}&remember=true`, keyed('none')));
        return [isKept, list];
      };
      const [isKept, list] = await remembered();
      expect(isKept).toBe(true);
      await fail(how);
      // What the database said of the user is known for some seconds, so only the list itself is to be stored.
      expect(await remembered()).toEqual([false, list]);
      expect(failures).toHaveLength(1);
      await mend();
      const before = uses();
      api.setTime(new Date(api.now().getTime() + WINDOW_MS).toISOString());
      await good(api.get(LIST, reading));
      // About the user, and about who was erased.
      expect([uses(), failures.length]).toEqual([before + 2, 1]);
    });

    test('is asked once, and then not again for a quarter of a minute', async () => {
      const { api, failures, uses, fail, mend } = await started();
      await good(api.get('/api/v1/predictions?user=10&movie=7', reading));
      const before = uses();
      api.setTime(new Date(api.now().getTime() + WINDOW_MS).toISOString());
      await fail(how);
      for (let time = 0; time < 5; time++) await good(api.get(LIST, reading));
      await good(api.get('/api/v1/status'));
      expect([uses(), failures.length]).toEqual([before + 1, 1]);
      await mend();
      api.setTime('2026-03-04T12:00:17.999Z');
      expect(await good(api.get('/api/v1/status'))).toMatchObject({ source: 'bundle' });
      api.setTime('2026-03-04T12:00:18.000Z');
      expect(await good(api.get('/api/v1/status'))).toMatchObject({ source: 'database' });
      expect(uses()).toBe(before + 2);
    });

    test('makes no list where it alone knows what a user has rated', async () => {
      const { api, uses, fail } = await started(servingOf({ ...world, facts: { seen: 'database' } }));
      expect((await good(api.get(LIST, reading))).recommendations).toHaveLength(5);
      const before = uses();
      await fail(how);
      api.setTime(new Date(api.now().getTime() + WINDOW_MS).toISOString());
      for (let time = 0; time < 3; time++) {
        const response = await api.get(LIST, reading);
        expect([response.status, response.headers.get('retry-after')]).toEqual([503, '15']);
        // What the bundle knows of a known user is enough for a prediction.
        expect((await api.get('/api/v1/predictions?user=10&movie=7')).status).toBe(200);
      }
      expect(uses()).toBe(before + 1);
      const somebody = { ratings: [{ movie: 7, stars: 5 }], k: 5 };
      expect((await good(api.post('/api/v1/recommendations', somebody))).recommendations).toHaveLength(5);
    });
  });

  test('ratings whose answer was lost are stored, and a second request for them says so', async () => {
    const { api, fail, mend } = await started();
    await good(api.get(LIST, reading));
    await fail('mute');
    expect((await api.post('/api/v1/ratings', RATING, keyed('lost'))).status).toBe(503);
    await mend();
    const again = await good(api.post('/api/v1/ratings', RATING, keyed('lost')));
    // What the first came to depends on how far it got; what is stored does not.
    expect(again).toMatchObject({ recorded: 1, repeated: expect.any(Boolean) });
    expect(await store.sql`select from feedback`).toHaveLength(1);
  });

  test('a database without the tables of the API is told apart in the log, and ratings wait', async () => {
    const { api, failures } = await started();
    await store.sql`alter table feedback_requests rename to away`;
    const response = await api.post('/api/v1/ratings', RATING, keyed('first'));
    await store.sql`alter table away rename to feedback_requests`;
    expect(response.status).toBe(503);
    expect(failures).toEqual([expect.objectContaining({ code: 'store-schema' })]);
  });

  test('the function takes ratings, goes on without its database, and its log has no password', async () => {
    const proxy = await proxied();
    const url = new URL(proxy.url);
    url.password = 'a-secret-word';
    url.searchParams.set('sslmode', 'disable');
    const { url: at, log } = await startFunction(await functionFolder(bundle), { DATABASE_URL: url.href });
    const give = (name: string) =>
      fetch(`${at}/api/v1/ratings`, { method: 'POST', headers: keyed(name), body: JSON.stringify(RATING) });
    const before = await good(fetch(at + LIST));
    const first = before.recommendations[0].movie as number;
    expect(await good(give('first'))).toMatchObject({ recorded: 1, repeated: false });
    expect(await good(give('first'))).toMatchObject({ recorded: 1, repeated: true });
    await proxy.refuse();
    const refused = await give('second');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '15']);
    const after = await good(fetch(at + LIST));
    expect(after.recommendations[0].movie).toBe(first);
    expect((await fetch(`${at}/api/v1/health/ready`)).status).toBe(200);
    expect(JSON.stringify(log())).toContain('store-unavailable');
    expect(JSON.stringify(log())).not.toContain('a-secret-word');
    await proxy.repair();
    expect(await good(give('second'))).toMatchObject({ recorded: 1, repeated: false });
  });

  test('the function starts without its database, and answers what needs none', async () => {
    const { url, process: child } = await startFunction(await functionFolder(bundle), {
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none?sslmode=disable',
    });
    expect((await good(fetch(url + LIST))).strategy).toBe('personalised');
    expect(await good(fetch(`${url}/api/v1/status`))).toMatchObject({ source: 'bundle' });
    expect(child.exitCode).toBeNull();
  });
});

test('an address that is no database leaves all but the ratings answered', async () => {
  const { url } = await startFunction(await functionFolder(bundle), { DATABASE_URL: 'nonsense' });
  expect((await good(fetch(url + LIST))).strategy).toBe('personalised');
  const response = await fetch(`${url}/api/v1/ratings`, {
    method: 'POST',
    headers: keyed('first'),
    body: JSON.stringify(RATING),
  });
  expect(response.status).toBe(503);
});
