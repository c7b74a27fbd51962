/** Answers that were given before: the same bytes without being worked out again. */
import { expect, test } from 'vitest';
import { WINDOW_MS } from '../../api/target-users.ts';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import { smallServing } from '../support/small-world.ts';
import { memoryDatabase } from './memory-database.ts';
import { startApi } from './start-api.ts';

const { files } = await smallServing();
const serving = openServing(files, 'model v3');

const LASTING = [
  '/api/v1/recommendations?user=10',
  '/api/v1/recommendations?user=10&genre=drama&k=3',
  '/api/v1/predictions?user=10&movie=7',
  '/api/v1/movies?limit=3',
  '/api/v1/movies/7',
  '/api/v1/movies/7/similar',
  '/api/v1/top',
  '/api/v1/model',
];

/** An API that counts how often its model was asked for somebody. */
function countingApi(database?: Parameters<typeof startApi>[0]['database']) {
  let persons = 0;
  const person: typeof serving.model.person = (userId) => {
    persons++;
    return serving.model.person(userId);
  };
  const api = startApi({
    serving: { ...serving, model: { ...serving.model, person } },
    ...(database === undefined ? {} : { database, isKeyed: true }),
  });
  return { api, persons: () => persons };
}

const parts = async (response: Response) => {
  const { 'x-request-id': id, ...headers } = Object.fromEntries(response.headers);
  return { status: response.status, headers, id, body: await response.text() };
};

test.each(LASTING)(
  '%s is answered again with the same bytes and headers, and an id of its own',
  async (address) => {
    const api = startApi({ serving });
    const first = await parts(await api.get(address));
    const again = await parts(await api.get(address));
    expect(first.status).toBe(200);
    expect({ ...again, id: null }).toEqual({ ...first, id: null });
    expect(again.id).not.toBe(first.id);
    const [one, two] = api.lines;
    expect(two).toEqual({ ...one, requestId: again.id, milliseconds: two?.milliseconds });
  },
);

test('what was answered is not worked out again, and another address is', async () => {
  const { api, persons } = countingApi();
  await api.get('/api/v1/recommendations?user=10');
  const once = persons();
  expect(once).toBeGreaterThan(0);
  await api.get('/api/v1/recommendations?user=10');
  expect(persons()).toBe(once);
  const other = await parts(await api.get('/api/v1/recommendations?user=13'));
  expect(persons()).toBeGreaterThan(once);
  expect(JSON.parse(other.body).user).toBe(13);
});

test('an asker who names an entity tag or an origin gets an answer made for that', async () => {
  const api = startApi({ serving });
  const address = '/api/v1/movies/7';
  const first = await api.get(address);
  const tag = first.headers.get('etag') as string;
  expect((await api.get(address, { 'if-none-match': tag })).status).toBe(304);
  expect((await api.get(address)).status).toBe(200);

  const narrow = startApi({
    serving: { ...serving, bundle: { ...serving.bundle, readOrigins: ['https://a.example'] } },
  });
  await narrow.get(address);
  const allowed = await narrow.get(address, { origin: 'https://a.example' });
  expect(allowed.headers.get('access-control-allow-origin')).toBe('https://a.example');
  expect((await narrow.get(address)).headers.get('access-control-allow-origin')).toBeNull();
});

test('refusals and what changes from one moment to the next are never kept', async () => {
  const api = startApi({ serving });
  for (const address of [
    '/api/v1/top?x=1',
    '/api/v1/movies/999999',
    '/api/v1/status',
    '/api/v1/badge/ingest',
  ]) {
    const ids = [];
    for (let time = 0; time < 2; time++) ids.push((await parts(await api.get(address))).headers['etag']);
    expect(ids).toEqual([undefined, undefined]);
  }
  api.setTime('2026-03-10T12:00:00Z');
  const late = (await (await api.get('/api/v1/badge/ingest')).json()) as { message: string };
  expect(late.message).toBe('8 d ago');
});

test('with a database a list is made again after seconds: the user may have rated something since', async () => {
  const { api, persons } = countingApi(memoryDatabase({}));
  const list = () => api.get('/api/v1/recommendations?user=10');
  await list();
  const once = persons();
  await list();
  expect(persons()).toBe(once);
  api.setTime(new Date(api.now().getTime() + WINDOW_MS).toISOString());
  await list();
  expect(persons()).toBeGreaterThan(once);
});

test('HEAD has no body, also when the answer is kept', async () => {
  const api = startApi({ serving });
  await api.get('/api/v1/top');
  const head = await api.app.request('/api/v1/top', { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
});
