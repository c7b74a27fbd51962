/** Outgoing requests, to real servers. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import {
  type HttpRequest,
  RequestFailure,
  retryAfterSeconds,
  sendRequest,
} from '../../pipeline/lib/http-request.ts';

type Behaviour = (response: ServerResponse, request: IncomingMessage) => void;

const status =
  (code: number, headers: Record<string, string> = {}): Behaviour =>
  (response) =>
    void response.writeHead(code, headers).end('content');
const cut: Behaviour = (response) => void response.destroy();
const breakOff: Behaviour = (response) => {
  response.writeHead(200, { 'content-length': '1000' }).write('con');
  setImmediate(() => response.destroy());
};
const hang: Behaviour = () => {};

/** A server with these behaviours for its first requests. Then it returns 200. */
async function serverThat(...behaviours: readonly Behaviour[]) {
  let requests = 0;
  const server = createServer((request, response) =>
    (behaviours[requests++] ?? status(200))(response, request),
  ).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const slept: number[] = [];
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-path?token=s3cret`;
  const send = (options: Partial<HttpRequest<string>> = {}) =>
    sendRequest({
      url,
      retry: { pauses: [1, 2], sleep: async (milliseconds) => void slept.push(milliseconds / 1000) },
      read: async (response) => `${response.status} ${await response.text()}`,
      ...options,
    });
  return { send, slept, requests: () => requests };
}

test.each<[string, Behaviour]>([
  ['a closed connection', cut],
  ['an incomplete body', breakOff],
  ...[408, 429, 500, 502, 503, 504].map((code): [string, Behaviour] => [`status ${code}`, status(code)]),
])('after %s the request is sent again', async (_name, behaviour) => {
  const { send, slept } = await serverThat(behaviour, behaviour);
  expect(await send()).toBe('200 content');
  expect(slept).toEqual([1, 2]);
});

test.each([301, 400, 401, 404, 501])('a response with status %i is read at once', async (code) => {
  const { send, requests } = await serverThat(status(code));
  expect(await send()).toBe(`${code} content`);
  expect(requests()).toBe(1);
});

test.each<[string, Behaviour, number | null, string]>([
  ['a rate limit', status(429), 429, 'the server answered 429'],
  ['a server error', status(500), 500, 'the server answered 500'],
  ['a closed connection', cut, null, 'the connection was closed (UND_ERR_SOCKET)'],
])('%s that persists is reported without the URL', async (_name, behaviour, code, words) => {
  const { send, requests } = await serverThat(behaviour, behaviour, behaviour);
  const error = await send().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RequestFailure);
  expect(error).toMatchObject({ message: words, status: code });
  expect(requests()).toBe(3);
});

test('a request to a server that never responds fails after the timeout', async () => {
  const { send } = await serverThat(hang, hang, hang);
  await expect(send({ timeoutMs: 50 })).rejects.toThrow('no response within 0.05 s');
});

test('a refused connection and an unknown host are reported in words', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => closed.once('listening', resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const { send } = await serverThat();
  await expect(send({ url: `http://127.0.0.1:${port}/?token=s3cret` })).rejects.toThrow(
    /^the server refused the connection \(ECONNREFUSED\)$/,
  );
  await expect(send({ url: 'http://nowhere.invalid/?token=s3cret' })).rejects.toThrow(
    /^the host name was not found \((ENOTFOUND|EAI_AGAIN)\)$/,
  );
});

test('Retry-After is respected as seconds and as a date', async () => {
  const date = 'Sun, 06 Nov 1994 08:49:37 GMT';
  const later = 'Sun, 06 Nov 1994 08:49:49 GMT';
  const { send, slept } = await serverThat(
    status(429, { 'retry-after': '20' }),
    status(503, { 'retry-after': later, date }),
  );
  await send();
  expect(slept).toEqual([20, 12]);
});

test.each<[string | undefined, string | undefined, number | null]>([
  ['120', undefined, 120],
  ['0', undefined, 0],
  ['Sun, 06 Nov 1994 08:50:37 GMT', 'Sun, 06 Nov 1994 08:49:37 GMT', 60],
  ['Sunday, 06-Nov-94 08:50:37 GMT', 'Sun, 06 Nov 1994 08:49:37 GMT', 60],
  ['Sun, 06 Nov 1994 08:49:00 GMT', 'Sun, 06 Nov 1994 08:49:37 GMT', 0],
  ['Sun, 06 Nov 1994 08:50:37 GMT', undefined, null],
  [undefined, 'Sun, 06 Nov 1994 08:49:37 GMT', null],
  ['-5', 'Sun, 06 Nov 1994 08:49:37 GMT', null],
  ['1.5', 'Sun, 06 Nov 1994 08:49:37 GMT', null],
  ['soon GMT', 'Sun, 06 Nov 1994 08:49:37 GMT', null],
])('Retry-After %j with Date %j is %j s', (retryAfter, date, seconds) => {
  const headers = new Headers({ ...(retryAfter && { 'retry-after': retryAfter }), ...(date && { date }) });
  expect(retryAfterSeconds(headers)).toBe(seconds);
});

test('an error of `read` is thrown unchanged and not retried', async () => {
  const { send, requests } = await serverThat();
  const bug = new TypeError('of the reader');
  await expect(send({ read: () => Promise.reject(bug) })).rejects.toBe(bug);
  expect(requests()).toBe(1);
});
