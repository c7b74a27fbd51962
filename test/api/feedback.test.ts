/** Ratings that people send, from the request to the database and back to their lists. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openDatabase } from '../../api/database.ts';
import { canonicalJson, sha256 } from '../../pipeline/lib/digest.ts';
import type { GivenRating } from '../../pipeline/model/model.ts';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import type { FeedbackRequest } from '../../pipeline/store/accept-feedback.ts';
import { createApiKey, revokeApiKey } from '../../pipeline/store/api-keys.ts';
import { ingestBatch } from '../../pipeline/store/ingest-batch.ts';
import type { Store } from '../../pipeline/store/store.ts';
import { batchOf } from '../support/batches.ts';
import { NOW, servingOf } from '../support/serving.ts';
import { NEWCOMER, smallWorld, UNKNOWN_USER } from '../support/small-world.ts';
import { onEachHome } from '../support/stores.ts';
import { memoryDatabase } from './memory-database.ts';
import { good, startApi, type TestApi } from './start-api.ts';

const world = await smallWorld();
const open = (facts: Parameters<typeof servingOf>[0]['facts'] = {}) =>
  openServing(servingOf({ ...world, facts }).files, 'model v3');
const serving = open();
const KEY = 'cm_of-a-test';
const USER = 10;

/** The API on a store that has a key. */
async function started(store: Store, of = serving): Promise<TestApi> {
  await createApiKey(store, { name: 'site', key: KEY }, NOW);
  const database = openDatabase({
    use: (work) => work(store),
    clock: () => api.now(),
    onFailure: (error) => {
      throw error;
    },
    limits: { readMs: 60_000, writeMs: 60_000 },
  });
  const api: TestApi = startApi({ isKeyed: true, serving: of, database });
  return api;
}

const rating = (movie: number, stars = 4, user = USER) => ({ user, movie, stars });
const give = (api: TestApi, ratings: readonly object[], name: string, key = KEY) =>
  api.post('/api/v1/ratings', { ratings }, { authorization: `Bearer ${key}`, 'idempotency-key': name });
const list = (api: TestApi, query = '') =>
  good(api.get(`/api/v1/recommendations?user=${USER}&k=100${query}`));
const idsIn = (body: { recommendations: readonly { movie: number }[] }): number[] =>
  body.recommendations.map(({ movie }) => movie);

onEachHome(({ openStore }) => {
  test('a rating is stored with its time, and the movie is gone from the next list', async () => {
    const store = await openStore();
    // The model has learned the batches 1 and 2.
    await ingestBatch(store, batchOf('all', world.ratings), { maxRejectShare: 0 });
    const api = await started(store);
    const before = idsIn(await list(api));
    const [first, second] = before as [number, number];
    const sent = [{ ...rating(first, 4.5), ratedAt: '2026-03-04T13:30:00+02:00' }, rating(second, 0.5)];
    const response = await give(api, sent, 'evening');
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ recorded: 2, request: 1, repeated: false });
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(
      await store.sql`select user_id, movie_id, half, rated_at from feedback order by feedback_id`,
    ).toEqual([
      { userId: USER, movieId: first, half: 9, ratedAt: Date.parse('2026-03-04T11:30:00Z') / 1000 },
      { userId: USER, movieId: second, half: 1, ratedAt: NOW.getTime() / 1000 },
    ]);
    const after = await list(api);
    expect([...idsIn(after), first, second].toSorted()).toEqual(before.toSorted());
    expect(after.strategy).toBe('folded-in');
    expect(idsIn(await list(api, '&exclude_seen=false'))).toContain(first);
  });

  test('a request that is sent again is answered as before, with other ratings it is a conflict', async () => {
    const store = await openStore();
    const api = await started(store);
    await give(api, [rating(7)], 'once');
    const again = await give(api, [rating(7)], 'once');
    expect([again.status, await again.json()]).toEqual([202, { recorded: 1, request: 1, repeated: true }]);
    const other = await give(api, [rating(7, 5)], 'once');
    expect(other.status).toBe(409);
    expect(await other.json()).toMatchObject({ code: 'idempotency-conflict' });
    expect(await store.sql`select from feedback`).toHaveLength(1);
    api.setTime('2026-03-05T12:00:01Z');
    expect(await good(give(api, [rating(7, 5)], 'once'))).toMatchObject({ repeated: false });
  });

  test('equal requests that arrive together are stored once', async () => {
    const store = await openStore();
    const api = await started(store);
    const bodies = await Promise.all(Array.from({ length: 5 }, () => good(give(api, [rating(7)], 'once'))));
    expect(bodies.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect(await store.sql`select from feedback`).toHaveLength(1);
  });

  test('a key that has given as many as it may is told when it may again', async () => {
    const api = await started(await openStore(), open({ ratingsPerHour: 3 }));
    await good(give(api, [rating(7), rating(9)], 'first'));
    api.setTime('2026-03-04T12:15:00Z');
    const limited = await give(api, [rating(11), rating(13)], 'second');
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '2700']);
    expect(await limited.json()).toMatchObject({
      code: 'rate-limited',
      detail: 'An API key may send 3 ratings in 60 minutes. Try again in 2700 s.',
    });
    expect((await give(api, [rating(11)], 'third')).status).toBe(202);
    api.setTime('2026-03-04T13:00:00Z');
    expect((await give(api, [rating(11), rating(13)], 'second')).status).toBe(202);
  });

  test('a key that was revoked, and one nobody was given, store nothing', async () => {
    const store = await openStore();
    const api = await started(store);
    await good(give(api, [rating(7)], 'first'));
    await revokeApiKey(store, 'site', NOW);
    for (const key of [KEY, 'cm_other']) {
      const response = await give(api, [rating(9)], 'second', key);
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    }
    expect(await store.sql`select from feedback`).toHaveLength(1);
  });

  test('the status is read from the database, and counts what waits', async () => {
    const api = await started(await openStore());
    await good(give(api, [rating(7), rating(9)], 'first'));
    expect(await good(api.get('/api/v1/status'))).toMatchObject({
      source: 'database',
      at: '2026-03-04T12:00:00.000Z',
      champion: null,
      lastIngest: null,
      feedbackWaiting: 2,
      schedules: [{ allowedHours: 216 }, { allowedHours: 50 }],
    });
    expect(await good(api.get('/api/v1/badge/ingest'))).toMatchObject({ message: 'no batch yet' });
  });

  test('a bundle whose ratings are in the database makes the lists of one that has them', async () => {
    const store = await openStore();
    await ingestBatch(store, batchOf('all', world.ratings), { maxRejectShare: 0 });
    const api = await started(store, open({ seen: 'database' }));
    const whole = startApi({ isKeyed: true, serving });
    for (const user of [USER, NEWCOMER, UNKNOWN_USER]) {
      const address = `/api/v1/recommendations?user=${user}&k=100&explain=true`;
      expect(await good(api.get(address))).toEqual(await good(whole.get(address)));
    }
    const [first] = idsIn(await list(api)) as [number];
    await good(give(api, [rating(first)], 'told'));
    expect(idsIn(await list(api))).not.toContain(first);
  });

  test('the database in memory, which other tests use, answers as this one does', async () => {
    const store = await openStore();
    const real = openDatabase({
      use: (work) => work(store),
      clock: () => NOW,
      onFailure: () => {},
      limits: { readMs: 60_000, writeMs: 60_000 },
    });
    const memory = memoryDatabase();
    const keys = ['cm_a', 'cm_b'];
    for (const key of keys) {
      await createApiKey(store, { name: key.replace('_', '-'), key }, NOW);
      memory.addKey(key);
    }
    const told = (userId: number, movieId: number, half: number, ratedAt?: number) => ({
      userId,
      movieId,
      half,
      ratedAt,
    });
    const request = fc.record({
      keySha256: fc.constantFrom(...keys, 'cm_none').map((key) => sha256(key)),
      idempotencyKey: fc.nat({ max: 20 }).map(String),
      ratings: fc.constantFrom<FeedbackRequest['ratings']>(
        [told(1, 7, 8)],
        [told(1, 7, 3, 1_772_000_001)],
        [told(1, 9, 10), told(2, 7, 1), told(1, 9, 2, 1_772_000_000)],
        [told(2, 11, 5, 1_772_000_001), told(2, 9, 5), told(2, 11, 6, 1_772_000_000), told(1, 7, 1)],
      ),
      minutes: fc.integer({ min: 0, max: 40 }),
    });
    let now = NOW.getTime();
    const met = new Set<string>();
    for (const { minutes, ...sent } of fc.sample(request, { numRuns: 120, seed: 1 })) {
      now += minutes * 60_000;
      const asked = { ...sent, now: new Date(now), limit: { ratings: 6, windowSeconds: 3600 } };
      const outcome = await real.accept(asked);
      met.add('repeated' in outcome ? `${outcome.status} ${outcome.repeated}` : outcome.status);
      expect(await memory.accept(asked), canonicalJson(asked)).toEqual(outcome);
    }
    expect(met).toEqual(new Set(['recorded false', 'recorded true', 'unauthorised', 'limited', 'conflict']));
    const byMovie = (given: readonly GivenRating[]) => given.map(({ movieId, stars }) => [movieId, stars]);
    for (const user of [1, 2, 3]) {
      const [inMemory, inDatabase] = await Promise.all(
        [memory, real].map((database) => database.ratingsOf([user], () => [])),
      );
      expect(byMovie(inMemory?.get(user) ?? [])).toEqual(byMovie(inDatabase?.get(user) ?? []));
      expect(await memory.sinceTraining([user], [])).toEqual(await real.sinceTraining([user], []));
    }
  });
});
