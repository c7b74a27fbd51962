/** Requests that arrive too slowly, over real sockets, on the server of this machine and in the function. */
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { createApp } from '../../api/app.ts';
import { listen } from '../../api/listen.ts';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import { smallServing } from '../support/small-world.ts';
import { startApi } from './start-api.ts';

const { files } = await smallServing();
const serving = openServing(files, 'model v3');
/** Of the app, much shorter than that of the server below. */
const BODY_MS = 200;

async function served(slowMs: number): Promise<number> {
  const app = createApp({
    serving,
    database: null,
    clock: () => new Date(),
    stopwatch: () => performance.now(),
    newRequestId: () => 'a-request',
    addressOf: () => '192.0.2.1',
    log: { request() {}, failure() {} },
    bodyMs: BODY_MS,
  });
  const server = await listen(app.fetch, { port: 0, hostname: '127.0.0.1', slowMs });
  onTestFinished(() => server.close());
  return server.port;
}

function opened(port: number, start: string): Socket {
  const socket = connect({ port, host: '127.0.0.1' });
  // The server may end the connection while the client still writes.
  socket.on('error', () => {});
  socket.write(start);
  return socket;
}

const HEAD = 'POST /api/v1/recommendations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';

test.each([
  ['of a stated length', `${HEAD}Content-Length: 100\r\n\r\n{"ratings"`],
  ['in chunks', `${HEAD}Transfer-Encoding: chunked\r\n\r\na\r\n{"ratings"\r\n`],
])('a body %s that does not go on is cut, and the connection ends', async (_, start) => {
  const port = await served(60_000);
  const began = performance.now();
  const answer = await text(opened(port, start));
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(answer.toLowerCase()).toContain('connection: close');
  expect(answer).toContain('"code":"too-slow"');
  expect(answer).toContain('The body did not arrive within 0.2 s.');
  expect(performance.now() - began).toBeGreaterThan(BODY_MS - 5);
});

test('a body that drips is cut as one that stops', async () => {
  const socket = opened(await served(60_000), `${HEAD}Content-Length: 100000\r\n\r\n`);
  const drip = setInterval(() => socket.write(' '), 20);
  onTestFinished(() => clearInterval(drip));
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /);
});

test('headers that do not end are cut, and so is a body that nothing reads', async () => {
  const port = await served(300);
  expect(await text(opened(port, 'GET /api/v1/top HTTP/1.1\r\nHost: local'))).toMatch(/^HTTP\/1\.1 408 /);
  const unread = opened(
    port,
    'POST /api/v1/nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{',
  );
  expect(await text(unread)).toMatch(/^HTTP\/1\.1 404 /);
});

test('a body that arrives in time is read, however it is cut', async () => {
  const port = await served(60_000);
  const body = JSON.stringify({ ratings: [{ movie: 7, stars: 4 }], k: 1 });
  const socket = opened(
    port,
    `${HEAD}Connection: close\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 9)}`,
  );
  setTimeout(() => socket.write(body.slice(9)), 30);
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 /);
});

test('the function cuts a slow body by itself', async () => {
  const api = startApi({ serving, bodyMs: 20 });
  const response = await api.post('/api/v1/predictions', new ReadableStream());
  expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([408, 'too-slow']);
});
