import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Announcement } from '../../pipeline/mirrors/mirrors.ts';
import { openWebhook } from '../../pipeline/mirrors/webhook.ts';

const ANNOUNCEMENT: Announcement = {
  title: 'Drift: ratings — mean per user +0.24★ (high), model v1',
  text: 'Severity: watch → high. <!channel> Q&A',
  url: 'https://github.com/o/r/issues/41',
};
/** The URL of a webhook is a secret: it is sufficient to send messages. */
const SECRET = '/services/T000/B000/secret-part';

interface Post {
  readonly contentType: string | undefined;
  readonly body: unknown;
}

let server: Server;
let posts: Post[];
let warnings: string[];
/** The receiver's response to each request in order, then 200. */
let behaviour: ((response: ServerResponse) => void)[];

beforeEach(async () => {
  posts = [];
  warnings = [];
  behaviour = [];
  server = createServer(async (request, response) => {
    posts.push({ contentType: request.headers['content-type'], body: JSON.parse(await textOf(request)) });
    const behave = behaviour.shift() ?? status(200);
    behave(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(code, headers).end('ok');
  };
const cut = (response: ServerResponse): void => {
  response.destroy();
};

async function announce(): Promise<void> {
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}${SECRET}`;
  await openWebhook({ url, onWarning: (message) => warnings.push(message), pause: 0.001 })(ANNOUNCEMENT);
}

test('a change is sent as one message with a link, and its text is escaped', async () => {
  await announce();
  expect(posts).toEqual([
    {
      contentType: 'application/json',
      body: {
        text:
          '*<https://github.com/o/r/issues/41|Drift: ratings — mean per user +0.24★ (high), model v1>*\n' +
          'Severity: watch → high. &lt;!channel&gt; Q&amp;A',
      },
    },
  ]);
  expect(warnings).toEqual([]);
});

test.each([
  ['500', status(500)],
  ['503', status(503)],
  ['429', status(429, { 'retry-after': '0' })],
  ['a cut connection', cut],
])('after %s it is posted once more', async (_, failure) => {
  behaviour = [failure];
  await announce();
  expect(posts).toHaveLength(2);
  expect(posts[1]).toEqual(posts[0]);
  expect(warnings).toEqual([]);
});

test.each([
  ['twice 500', [status(500), status(500)], 2, 'the server answered 500'],
  ['404, for a webhook that was removed', [status(404)], 1, 'the server answered 404'],
  ['a redirect', [status(302, { location: '/elsewhere' })], 1, 'the server answered 302'],
  ['two cut connections', [cut, cut], 2, 'the connection was closed (UND_ERR_SOCKET)'],
])('after %s there is a warning that keeps the address secret', async (_, failures, sent, reason) => {
  behaviour = [...failures];
  await announce();
  expect(posts).toHaveLength(sent);
  const { port } = server.address() as AddressInfo;
  expect(warnings).toEqual([`The alert webhook at 127.0.0.1:${port} did not accept the message: ${reason}.`]);
});

test.each(['hooks.slack.com/services/x', 'file:///etc/passwd', ''])(
  'an invalid URL (%j) is a warning that does not show it',
  async (url) => {
    await openWebhook({ url, onWarning: (message) => warnings.push(message) })(ANNOUNCEMENT);
    expect(warnings).toEqual(['The alert webhook is not a web URL: no message was sent.']);
  },
);
