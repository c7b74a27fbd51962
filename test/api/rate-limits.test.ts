/** What a client may ask in a minute, by key and by address, and what requests cost. */
import { describe, expect, test } from 'vitest';
import { networkOf } from '../../api/rate-limits.ts';
import {
  costOfGroup,
  costOfList,
  costOfLists,
  costOfPredictions,
  costOfSimilar,
} from '../../api/request-costs.ts';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import { servingOf } from '../support/serving.ts';
import { smallWorld } from '../support/small-world.ts';
import { memoryDatabase } from './memory-database.ts';
import { startApi } from './start-api.ts';

const world = await smallWorld();
const started = (limits: { perKey?: number | null; perAddress?: number | null }) => {
  const facts = { limits: { perKey: null, perAddress: null, ...limits } };
  const database = memoryDatabase();
  database.addKey('cm_one');
  database.addKey('cm_two');
  return startApi({ serving: openServing(servingOf({ ...world, facts }).files, 'model v3'), database });
};
const TOP = '/api/v1/top';
const stateOf = ({ status, headers }: Response) => [
  status,
  headers.get('ratelimit-policy'),
  headers.get('ratelimit'),
  headers.get('retry-after'),
];

describe('an address', () => {
  test('may spend its units, is told how many are left, and then has to wait for the next minute', async () => {
    const api = started({ perAddress: 2 });
    const policy = '"address";q=2;w=60';
    expect(stateOf(await api.get(TOP))).toEqual([200, policy, '"address";r=1;t=60', null]);
    api.setTime('2026-03-04T12:00:20.500Z');
    // The second one is from the cache and counts as well.
    expect(stateOf(await api.get(TOP))).toEqual([200, policy, '"address";r=0;t=40', null]);
    const refused = await api.get(TOP, { origin: 'https://a.example' });
    expect(stateOf(refused)).toEqual([429, policy, '"address";r=0;t=40', '40']);
    expect(refused.headers.get('access-control-allow-origin')).toBe('*');
    expect(refused.headers.get('access-control-expose-headers')).toContain('ratelimit');
    expect(await refused.json()).toMatchObject({
      code: 'rate-limited',
      detail:
        'This address may spend 2 units in a minute, and too few are left for this request, which costs 1. Try again in 40 s.',
    });
    api.setTime('2026-03-04T12:01:00.000Z');
    expect(stateOf(await api.get(TOP))).toEqual([200, policy, '"address";r=1;t=60', null]);
  });

  test('is counted apart from others, with all of its IPv6 network', async () => {
    const api = started({ perAddress: 1 });
    const ask = async (from: string) => (await api.get(TOP, { 'x-test-address': from })).status;
    expect(await ask('192.0.2.1')).toBe(200);
    expect(await ask('192.0.2.2')).toBe(200);
    expect(await ask('::ffff:192.0.2.2')).toBe(429);
    expect(await ask('2001:db8::1')).toBe(200);
    expect(await ask('2001:db8:0:0:ffff::2')).toBe(429);
    expect(await ask('2001:db8:0:1::1')).toBe(200);
  });

  test('is asked for nothing by monitors and preflights', async () => {
    const api = started({ perAddress: 1 });
    await api.get(TOP);
    for (const path of ['/api/v1/health/live', '/api/v1/health/ready']) {
      expect(stateOf(await api.get(path))).toEqual([200, null, null, null]);
    }
    expect((await api.app.request(TOP, { method: 'OPTIONS' })).status).toBe(204);
  });

  test('is refused before the key is looked at and the body is read', async () => {
    const api = started({ perAddress: 1 });
    await api.get(TOP);
    expect(
      (await api.post('/api/v1/ratings', new ReadableStream(), { authorization: 'Bearer cm_x' })).status,
    ).toBe(429);
  });
});

test('a key has its own units, from whatever address, once it is known', async () => {
  const api = started({ perKey: 3, perAddress: 2 });
  const predict = (key: string, from = '192.0.2.1') =>
    api.get('/api/v1/predictions?user=10&movie=7', {
      authorization: `Bearer ${key}`,
      'x-test-address': from,
    });
  expect(stateOf(await predict('cm_one'))).toEqual([200, '"key";q=3;w=60', '"key";r=3;t=60', null]);
  for (const left of [2, 1, 0]) {
    expect(stateOf(await predict('cm_one', `192.0.2.${left}`))[2]).toBe(`"key";r=${left};t=60`);
  }
  expect((await predict('cm_one')).status).toBe(429);
  expect((await predict('cm_two')).status).toBe(200);
  expect((await api.get(TOP)).status).toBe(200);
});

test('a costly request spends more units before any work, and at most a whole minute', async () => {
  const api = started({ perAddress: 40 });
  const ratings = Array.from({ length: 200 }, (_, at) => ({ movie: 7 + 2 * (at % 80), stars: 4 }));
  const costly = { ratings, k: 100, explain: true, diversity: 0.5 };
  const cost = costOfList(costly, ratings.length);
  expect(cost).toBeGreaterThan(15);
  const left = async (response: Response) => {
    await response.text();
    return Number(/r=(\d+)/.exec(response.headers.get('ratelimit') ?? '')?.[1]);
  };
  const ask = () => api.post('/api/v1/recommendations', costly);
  expect(await left(await ask())).toBe(40 - cost);
  expect(await left(await ask())).toBe(40 - 2 * cost);
  const refused = await ask();
  expect(refused.status).toBe(429);
  expect(await refused.json()).toMatchObject({ detail: expect.stringContaining('too few are left') });
  const small = started({ perAddress: 5 });
  const whole = await small.post('/api/v1/recommendations', costly);
  expect([whole.status, await left(whole)]).toEqual([200, 0]);
  expect((await small.get(TOP)).status).toBe(429);
});

test('a list that is remembered costs one unit more, and a body of many users and pairs costs them all', async () => {
  const api = started({ perKey: 1_000 });
  const headers = { authorization: 'Bearer cm_one', 'idempotency-key': 'x' };
  await api.get('/api/v1/predictions?user=10&movie=7', headers);
  let before = 1_000;
  const costs = async (answer: Promise<Response>) => {
    const response = await answer;
    expect(response.status).toBe(200);
    const left = Number(/r=(\d+)/.exec(response.headers.get('ratelimit') ?? '')?.[1]);
    const cost = before - left;
    before = left;
    return cost;
  };
  const LIST = '/api/v1/recommendations';
  expect(await costs(api.get(`${LIST}?user=10`, headers))).toBe(1);
  expect(await costs(api.get(`${LIST}?user=10&remember=true`, headers))).toBe(2);
  expect(await costs(api.get(`${LIST}?user=10&explain=true&k=100`, headers))).toBe(11);
  expect(await costs(api.post(`${LIST}/users`, { users: [10, 13, 16], k: 5 }, headers))).toBe(3);
  expect(await costs(api.post(`${LIST}/group`, { users: [10, 13], k: 5 }, headers))).toBe(2);
  const pairs = Array.from({ length: 1_000 }, () => ({ user: 10, movie: 7 }));
  expect(await costs(api.post('/api/v1/predictions', { pairs }, headers))).toBe(3);
});

test('costs grow with what a request asks', () => {
  expect(costOfList({ k: 10 })).toBe(1);
  expect(costOfList({ k: 100, diversity: 0.5 })).toBe(5);
  expect(costOfList({ k: 100, calibrated: true })).toBe(6);
  expect(costOfList({ k: 100, explain: true, diversity: 0.3 }, 500)).toBe(39);
  expect(costOfLists(100, { k: 100, explain: true, diversity: 0.5 })).toBe(1_500);
  expect([costOfGroup(2), costOfGroup(20)]).toEqual([2, 11]);
  expect([costOfPredictions(1), costOfPredictions(1_000)]).toEqual([2, 3]);
  expect([costOfSimilar(1), costOfSimilar(50)]).toEqual([1, 2]);
});

test('the network of an address', () => {
  expect(networkOf('192.0.2.1')).toBe('192.0.2.1');
  expect(networkOf('::FFFF:192.0.2.1')).toBe('192.0.2.1');
  expect(networkOf('::1')).toBe('0:0:0:0::/64');
  expect(networkOf('2001:DB8:00a0::1')).toBe('2001:db8:a0:0::/64');
  expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
  expect(networkOf('unknown')).toBe('unknown');
});
