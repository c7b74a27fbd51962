/** How the service says that it is well, what it serves, where the pipeline stands, and that nothing can be served. */
import { expect, test } from 'vitest';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import type { ServingStatus } from '../../pipeline/serving/serving-status.ts';
import { STATUS, servingOf } from '../support/serving.ts';
import { smallWorld } from '../support/small-world.ts';
import { memoryDatabase } from './memory-database.ts';
import { good, startApi } from './start-api.ts';

const world = await smallWorld();
const serving = openServing(servingOf(world).files, 'model v3');
const withStatus = (status: Partial<ServingStatus>) => ({ ...serving, status: { ...STATUS, ...status } });

test('a service with a whole bundle is live and ready', async () => {
  const api = startApi({ serving });
  expect(await good(api.get('/api/v1/health/live'))).toEqual({ status: 'live' });
  expect(await good(api.get('/api/v1/health/ready'))).toEqual({ status: 'ready', modelVersion: 3 });
});

test('a service without a bundle is live, and says of everything else that nothing can be served', async () => {
  const api = startApi({ serving: null });
  expect(await good(api.get('/api/v1/health/live'))).toEqual({ status: 'live' });
  const answers = [
    api.get('/api/v1/health/ready'),
    api.get('/api/v1/recommendations?user=10'),
    api.get('/api/v1/recommendations?user=none'),
    api.get('/api/v1/movies/7'),
    api.get('/api/v1/status'),
    api.get('/api/v1/badge/model'),
    api.get('/api/v1/whatever'),
    api.post('/api/v1/ratings', '{'),
    api.post('/api/v1/predictions', { pairs: [] }),
  ];
  for (const answer of answers) {
    const { status, headers, ...response } = await answer.then(async (each) => ({
      status: each.status,
      headers: each.headers,
      body: await each.json(),
    }));
    expect([status, headers.get('retry-after')]).toEqual([503, '60']);
    expect(headers.get('x-model-version')).toBeNull();
    expect(response.body).toMatchObject({ code: 'not-ready', detail: expect.stringContaining('roll back') });
  }
  expect((await api.get('/elsewhere')).status).toBe(404);
  expect(api.failures).toEqual([]);
});

test('the model is told with what it was trained on and what it is worth', async () => {
  const { manifest } = serving;
  expect(await good(startApi({ serving }).get('/api/v1/model'))).toEqual({
    version: 3,
    algorithm: 'vb-mf+ials',
    hyperParameters: { factors: 8 },
    digest: manifest.files['model.safetensors']?.sha256,
    precision: 'single',
    trainedAt: '2026-03-03T11:00:00.000Z',
    assembledAt: '2026-03-04T10:00:00.000Z',
    reason: 'drift',
    parent: 2,
    trainedOn: {
      ratings: manifest.snapshot.ratings,
      users: 60,
      movies: world.model.movies.size,
      from: '2023-11-14T22:13:20.000Z',
      to: '2026-02-25T06:13:20.000Z',
      sha256: 'ab'.repeat(32),
      split: 'the newest fifth held out',
    },
    metrics: manifest.metrics,
    run: null,
  });
});

test('the run that trained a model is told when there was one', async () => {
  const run = { commit: '3f'.repeat(20), url: 'https://github.com/octo/films/actions/runs/77' };
  const trained = { ...serving, manifest: { ...serving.manifest, run } };
  expect((await good(startApi({ serving: trained }).get('/api/v1/model'))).run).toEqual(run);
});

test('without a database the status is the one of the bundle, and ages with it', async () => {
  const api = startApi({ serving });
  expect(await good(api.get('/api/v1/status'))).toEqual({
    at: STATUS.at,
    source: 'bundle',
    model: { version: 3, trainedAt: '2026-03-03T11:00:00.000Z', rmse: 0.871 },
    champion: STATUS.champion,
    lastIngest: STATUS.lastIngest,
    lastCheck: STATUS.lastCheck,
    drift: { open: false, alerts: 0 },
    schedules: [
      // 2 March 06:17 to 4 March 12:00, and 05:43 to 12:00.
      { workflow: 'ingest', hoursSince: 53.716667, allowedHours: 216, late: false },
      { workflow: 'drift', hoursSince: 6.283333, allowedHours: 50, late: false },
    ],
    bufferRatings: 910,
    feedbackWaiting: 4,
  });
  api.setTime('2026-03-11T12:00:00Z');
  expect((await good(api.get('/api/v1/status'))).schedules).toMatchObject([
    { workflow: 'ingest', late: true },
    { workflow: 'drift', late: true },
  ]);
});

test('with a database the status is that of now, and of the bundle again when it is down', async () => {
  const at = '2026-03-04T11:59:59.000Z';
  const database = memoryDatabase({
    status: { ...STATUS, at, openAlerts: 2, ingestHours: 1, driftHours: 1 },
  });
  const api = startApi({ serving, database });
  expect(await good(api.get('/api/v1/status'))).toMatchObject({
    at,
    source: 'database',
    drift: { open: true, alerts: 2 },
    // How long they may be silent is what the model was deployed with.
    schedules: [{ allowedHours: 216 }, { allowedHours: 50 }],
  });
  database.breakDown();
  expect(await good(api.get('/api/v1/status'))).toMatchObject({ at: STATUS.at, source: 'bundle' });
});

const checked = (verdict: 'ok' | 'watch' | 'drift' | 'insufficient'): Partial<ServingStatus> => ({
  lastCheck: { at: '2026-03-04T05:43:00.000Z', verdict, modelVersion: 3, signals: [] },
});
const driftOfBefore = {
  lastCheck: { ...(checked('drift').lastCheck as NonNullable<ServingStatus['lastCheck']>), modelVersion: 2 },
};
const ingested = (at: string): Partial<ServingStatus> => ({
  lastIngest: { ...(STATUS.lastIngest as NonNullable<ServingStatus['lastIngest']>), at },
});
const lateCheck = {
  ...checked('ok').lastCheck,
  at: '2026-03-02T09:00:00.000Z',
} as ServingStatus['lastCheck'];

test.each<[string, string, Partial<ServingStatus>, string, string]>([
  ['model', 'the version', {}, 'v3', 'blue'],
  ['rmse', 'the error', {}, '0.8710', 'blue'],
  ['drift', 'a quiet check', checked('ok'), 'ok', 'brightgreen'],
  ['drift', 'a check to watch', checked('watch'), 'watch', 'yellow'],
  ['drift', 'drift', checked('drift'), 'drift', 'red'],
  ['drift', 'too few ratings', checked('insufficient'), 'insufficient', 'lightgrey'],
  ['drift', 'drift that this model answered', driftOfBefore, 'not checked yet', 'lightgrey'],
  ['drift', 'no check yet', { lastCheck: null }, 'not checked yet', 'lightgrey'],
  ['drift', 'a check that is late', { lastCheck: lateCheck }, 'check overdue', 'orange'],
  ['ingest', 'a batch of today', ingested('2026-03-04T11:01:00.000Z'), '0 h ago', 'brightgreen'],
  ['ingest', 'a batch of yesterday', ingested('2026-03-03T06:00:00.000Z'), '30 h ago', 'brightgreen'],
  ['ingest', 'a batch of last week', ingested('2026-02-26T12:00:00.000Z'), '6 d ago', 'brightgreen'],
  ['ingest', 'a batch long ago', ingested('2026-02-20T12:00:00.000Z'), '12 d ago', 'orange'],
  ['ingest', 'no batch yet', { lastIngest: null }, 'no batch yet', 'lightgrey'],
])('the badge %s shows %s', async (name, _what, status, message, color) => {
  const shown = await good(startApi({ serving: withStatus(status) }).get(`/api/v1/badge/${name}`));
  expect(shown).toEqual({ schemaVersion: 1, label: expect.any(String), message, color });
});

test('a badge shows what the database says where there is one', async () => {
  const database = memoryDatabase({ status: { ...STATUS, ...checked('drift') } });
  expect(await good(startApi({ serving, database }).get('/api/v1/badge/drift'))).toMatchObject({
    color: 'red',
  });
});

test('a badge nobody has is answered with those there are', async () => {
  for (const name of ['coverage', 'toString', 'MODEL', '%F0%9F%8E%AC']) {
    const response = await startApi({ serving }).get(`/api/v1/badge/${name}`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      code: 'not-found',
      detail: `Badge ${JSON.stringify(decodeURIComponent(name))} is unknown. The badges are model, rmse, drift, ingest.`,
    });
  }
});
