/** What is logged: enough to find a fault, and nothing of who asked for whom. */
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { openLog } from '../../api/log.ts';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import { smallServing } from '../support/small-world.ts';
import { memoryDatabase } from './memory-database.ts';
import { startApi } from './start-api.ts';

const serving = openServing((await smallServing()).files, 'model v3');

/** A log and the text that was written to it. */
function collected() {
  let text = '';
  const output = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  return {
    log: openLog(output),
    text: () => text,
    lines: () =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
}

test('a line names the request, the route, the status and how long it took', async () => {
  const { log, lines } = collected();
  const api = startApi({ serving, log });
  await api.get('/api/v1/movies/7/similar?k=3', { 'x-request-id': 'a-request-0001' });
  expect(lines()).toEqual([
    {
      level: 30,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      requestId: 'a-request-0001',
      method: 'GET',
      route: '/api/v1/movies/:id/similar',
      status: 200,
      milliseconds: 0.5,
      msg: 'request completed',
    },
  ]);
});

test('every kind of answer has its line', async () => {
  const { log, lines } = collected();
  const api = startApi({ serving, log });
  await api.get('/api/v1/top');
  await api.get('/api/v1/top', { 'if-none-match': '*' });
  await api.get('/api/v1/top?k=0');
  await api.app.request('/api/v1/top', { method: 'DELETE' });
  await api.app.request('/api/v1/top', { method: 'HEAD' });
  await api.app.request('/api/v1/top', { method: 'OPTIONS', headers: { origin: 'https://a.example' } });
  await api.get('/nowhere');
  expect(lines().map(({ method, status }) => `${method} ${status}`)).toEqual([
    'GET 200',
    'GET 304',
    'GET 422',
    'DELETE 405',
    'HEAD 200',
    'OPTIONS 204',
    'GET 404',
  ]);
});

test('neither ids of users nor keys, searches or addresses are in it, whatever happens', async () => {
  const { log, text, lines } = collected();
  const database = memoryDatabase();
  database.addKey('cm_secret-key');
  const api = startApi({ serving, database, log });
  const user = 123_454_321;
  const keyed = { authorization: 'Bearer cm_secret-key', 'idempotency-key': 'secret-name' };
  const rating = { user, movie: 7, stars: 5 };
  await api.get(`/api/v1/recommendations?user=${user}`);
  await api.get(`/api/v1/recommendations?user=${user}&k=0`);
  await api.get(`/api/v1/predictions?user=${user}&movie=7`);
  await api.get(`/api/v1/users/${user}`);
  await api.get(`/${user}`);
  await api.get(`/api/v1/movies/${user}`);
  await api.get(`/api/v1/movies?query=secret+wish+${user}`);
  await api.app.request(`/api/v1/users/${user}`, { method: 'DELETE' });
  await api.post('/api/v1/predictions', { pairs: [{ user, movie: 7 }] });
  await api.post('/api/v1/ratings', { ratings: [rating] }, keyed);
  await api.post('/api/v1/ratings', { ratings: [{ ...rating, stars: 1 }] }, keyed);
  await api.post('/api/v1/ratings', `{"user":${user}`, keyed);
  await api.post('/api/v1/ratings', { ratings: [{ ...rating, movie: user }] }, keyed);
  database.breakDown();
  await api.get(`/api/v1/recommendations?user=${user}`);
  await api.post('/api/v1/ratings', { ratings: [rating] }, { ...keyed, 'idempotency-key': 'secret-other' });
  expect(lines()).toHaveLength(15);
  expect(new Set(lines().map(({ status }) => status))).toEqual(
    new Set([200, 202, 400, 401, 404, 405, 409, 422, 503]),
  );
  expect(text()).not.toMatch(/123454321|secret|wish/);
});

test('a fault of the service is told by its id and nothing else, and the log has the stack', async () => {
  const { log, lines } = collected();
  const fault = new TypeError('of user 123454321 at postgres://somebody:secret@host');
  const database = { ...memoryDatabase(), sinceTraining: () => Promise.reject(fault) };
  const api = startApi({ isKeyed: true, serving, database, log });
  const response = await api.get('/api/v1/recommendations?user=10', { 'x-request-id': 'a-request-0001' });
  const text = await response.text();
  expect(response.status).toBe(500);
  expect(JSON.parse(text)).toEqual({
    type: '/api/docs#internal',
    title: 'Internal error',
    status: 500,
    code: 'internal',
    detail: expect.any(String),
    requestId: 'a-request-0001',
  });
  expect(text).not.toMatch(/TypeError|123454321|secret|\.ts/);
  const [failed, answered] = lines();
  expect(failed).toMatchObject({
    level: 50,
    requestId: 'a-request-0001',
    route: '/api/v1/recommendations',
    err: { type: 'TypeError', stack: expect.stringContaining('log.test.ts') },
  });
  expect(answered).toMatchObject({ requestId: 'a-request-0001', status: 500 });
});
