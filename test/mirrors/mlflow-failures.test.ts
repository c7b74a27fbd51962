/** A server that is missing, refuses, or gives invalid responses causes only a warning. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { MirroredRun } from '../../pipeline/mirrors/mirrors.ts';
import { type MlflowOptions, openMlflow } from '../../pipeline/mirrors/mlflow.ts';
import { challenger, gate, manifest } from '../support/report-samples.ts';

const training: MirroredRun = {
  manifest,
  evaluation: challenger,
  gate,
  source: 'https://github.com/octo/films/releases/download/model-v13/model.safetensors',
  runUrl: null,
};

let server: Server | null = null;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)));
  server = null;
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Host and port of a server with the same response to every request. */
async function answering(answer: Answer): Promise<string> {
  const started = createServer(answer);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(started.address() as AddressInfo).port}`;
}

const json =
  (status: number, body: object): Answer =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

/** Mirrors a training and a promotion. @returns the warnings. */
async function warningsOf(options: Pick<MlflowOptions, 'uri' | 'username' | 'password' | 'token'>) {
  const warnings: string[] = [];
  const mirror = openMlflow({
    ...options,
    experiment: 'cinematch',
    registeredModel: 'cinematch',
    onWarning: (message) => warnings.push(message),
  });
  await mirror.recordRun(training);
  await mirror.promote(13);
  return warnings;
}

test('a wrong password is a warning that names the host and the reason, and no credential', async () => {
  const host = await answering(json(401, { message: 'You are not\nauthenticated.' }));
  const warnings = await warningsOf({ uri: `http://ann:s3cret@${host}/ann/films.mlflow` });
  expect(warnings).toEqual([
    `MLflow at ${host} did not record the training of model v13: experiments/get-by-name: status 401, You are not authenticated.`,
    `MLflow at ${host} did not record the promotion of model v13: model-versions/search: status 401, You are not authenticated.`,
  ]);
});

test.each<[string, Answer]>([
  ['a page instead of an answer', (_request, response) => response.end('<html>Welcome</html>')],
  ['JSON of another kind', json(200, { status: 'fine' })],
  ['a connection that is cut', (request) => request.socket.destroy()],
  [
    'an answer that breaks off',
    (request, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{');
      setImmediate(() => request.socket.destroy());
    },
  ],
  ['a redirect', (_request, response) => response.writeHead(302, { location: 'https://example.org/' }).end()],
  ['an error of the gateway', (_request, response) => response.writeHead(502).end('Bad Gateway')],
])('%s is a warning', async (_name, answer) => {
  const host = await answering(answer);
  const [first, second] = await warningsOf({ uri: `http://${host}`, token: 's3cret' });
  expect(first).toContain(`MLflow at ${host} did not record the training of model v13: `);
  expect(second).toContain(`MLflow at ${host} did not record the promotion of model v13: `);
  expect(`${first}${second}`).not.toContain('s3cret');
});

test('a missing server is a warning', async () => {
  const host = await answering(json(200, {}));
  await new Promise((resolve) => server?.close(resolve));
  server = null;
  expect(await warningsOf({ uri: `http://${host}` })).toEqual([
    expect.stringContaining('experiments/get-by-name: the server refused the connection (ECONNREFUSED)'),
    expect.stringContaining('model-versions/search: the server refused the connection (ECONNREFUSED)'),
  ]);
});

test.each(['no address', 'databricks://films', 's3cret'])(
  'an address that is none, %j, is a warning that does not repeat it',
  async (uri) => {
    const warnings = await warningsOf({ uri });
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain('MLFLOW_TRACKING_URI is not an http or https URL');
    expect(warnings.join()).not.toContain(uri);
  },
);

test.each([
  ['the address', { path: 'ann:p%40ss@' }, 'Basic YW5uOnBAc3M='],
  ['settings of their own', { path: '', username: 'ann', password: 'p@ss' }, 'Basic YW5uOnBAc3M='],
  ['a token', { path: '', token: 't0ken' }, 'Bearer t0ken'],
  [
    'settings that stand over the address',
    { path: 'bob:x@', username: 'ann', password: 'p@ss' },
    'Basic YW5uOnBAc3M=',
  ],
  ['nothing', { path: '' }, undefined],
])('credentials are taken from %s', async (_name, { path, ...credentials }, expected) => {
  const seen: (string | undefined)[] = [];
  const host = await answering((request, response) => {
    seen.push(request.headers.authorization);
    json(500, {})(request, response);
  });
  await warningsOf({ uri: `http://${path}${host}`, ...credentials });
  expect(seen).toEqual([expected, expected]);
});

test('an interrupted run is completed, not created again', async () => {
  const asked: string[] = [];
  const answers: Readonly<Record<string, object>> = {
    'experiments/get-by-name': { experiment: { experiment_id: '1' } },
    'runs/search': { runs: [{ info: { run_id: 'r1', status: 'RUNNING' } }] },
    'model-versions/search': {},
  };
  const host = await answering((request, response) => {
    const path = new URL(request.url ?? '', 'http://x').pathname.replace('/ann/api/2.0/mlflow/', '');
    asked.push(path);
    json(200, answers[path] ?? {})(request, response);
  });
  await warningsOf({ uri: `http://${host}/ann/` });
  expect(asked).toEqual([
    'experiments/get-by-name',
    'runs/search',
    'runs/log-batch',
    'runs/log-inputs',
    'runs/update',
    'model-versions/search',
    'registered-models/create',
    'model-versions/create',
    'model-versions/search',
  ]);
});
