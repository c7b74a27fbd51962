/** The API on one machine, while other commands use the same embedded database. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { writeFiles } from '../../pipeline/model/package-folder.ts';
import { connectStore } from '../../pipeline/store/connect.ts';
import { good } from '../api/start-api.ts';
import { sharedCli } from '../support/cli.ts';
import { createEmbeddedDatabase } from '../support/embedded-template.ts';
import { bootstrap, openTestPipeline, quietWeeks } from '../support/pipeline.ts';
import { smallServing } from '../support/small-world.ts';
import { type RunningCli, startCli } from '../support/start-cli.ts';

// Each command is a process that opens the embedded database. The limit only ends a test that hangs.
vi.setConfig({ testTimeout: 300_000 });

/** Another process than those that serve. */
const runCli = sharedCli();
let home: string;
/** A user whom the first model knows. */
let user: number;

beforeAll(async () => {
  const pipeline = await openTestPipeline({}, { database: 'embedded' });
  const weeks = quietWeeks();
  await bootstrap(pipeline, weeks);
  user = weeks.prepared.train.userIds[0] as number;
  await pipeline.close({ keep: true });
  home = pipeline.home;
});
afterAll(() => rm(home, { recursive: true, force: true }));

interface Listed {
  readonly strategy: string;
  readonly recommendations: readonly { readonly movie: number }[];
}

async function serve(...args: readonly string[]): Promise<RunningCli & { readonly url: string }> {
  const cli = startCli(home, 'serve', '--port', '0', '--json', ...args);
  const { url, modelVersion } = JSON.parse(await cli.line());
  expect([url, modelVersion]).toEqual([
    expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    expect.any(Number),
  ]);
  return { ...cli, url };
}
const list = (url: string, key?: string): Promise<Listed> =>
  good(
    fetch(`${url}/api/v1/recommendations?user=${user}&k=3`, {
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    }),
  );
const send = (url: string, key: string, body: object, name: string) =>
  fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'idempotency-key': name,
    },
    body: JSON.stringify(body),
  });
const give = (url: string, key: string, movie: number, name: string) =>
  send(`${url}/api/v1/ratings`, key, { ratings: [{ user, movie, stars: 4.5 }] }, name);

test('while it serves, a key is created, its ratings are accepted, and other commands work', async () => {
  const { url, line, interrupt } = await serve();
  const before = await list(url);
  expect(JSON.parse(await line())).toMatchObject({
    method: 'GET',
    route: '/api/v1/recommendations',
    status: 200,
  });
  const [first, second, third] = before.recommendations.map(({ movie }) => movie) as [number, number, number];

  const made = await runCli(home, 'keys', 'create', 'site');
  expect(made.code, made.stderr).toBe(0);
  const key = made.stdout.trim();
  expect(await good(give(url, key, first, 'one'))).toEqual({ recorded: 1, request: 1, repeated: false });
  expect(await good(give(url, key, first, 'one'))).toEqual({ recorded: 1, request: 1, repeated: true });
  expect((await give(url, 'cm_other', first, 'two')).status).toBe(401);
  const after = await list(url, key);
  expect(after.strategy).toBe('folded-in');
  expect(after.recommendations.map(({ movie }) => movie)).not.toContain(first);

  const status = await runCli(home, 'status', '--json');
  expect(status.code, status.stderr).toBe(0);
  expect(JSON.parse(status.stdout)).toMatchObject({ champion: { version: 1 } });
  expect(await good(give(url, key, second, 'three'))).toMatchObject({ recorded: 1 });
  const hidden = { events: [{ user, movie: third, kind: 'hidden' }] };
  expect(await good(send(`${url}/api/v1/feedback`, key, hidden, 'four'))).toMatchObject({ recorded: 1 });
  expect((await list(url, key)).recommendations.map(({ movie }) => movie)).not.toContain(third);
  expect(await interrupt()).toBe(0);
  const { stdout } = await runCli(home, 'recommend', '--user', String(user), '-k', '50', '--json');
  const recommended = JSON.parse(stdout).recommendations.map(({ movie }: { movie: number }) => movie);
  expect(recommended).toHaveLength(50);
  for (const movie of [first, second, third]) expect(recommended).not.toContain(movie);

  // A new server knows the ratings that no batch has ingested yet, and what else users did.
  const again = await serve();
  const listed = (await list(again.url, key)).recommendations.map(({ movie }) => movie);
  expect(listed).not.toContain(first);
  expect(listed).not.toContain(second);
  expect(listed).not.toContain(third);
  expect(await good(fetch(`${again.url}/api/v1/status`))).toMatchObject({ feedbackWaiting: 2 });
  expect(await again.interrupt()).toBe(0);
});

test('while another command has the database locked, ratings get 503 and lists still work, unremembered', async () => {
  const { url, interrupt } = await serve();
  const key = (await runCli(home, 'keys', 'create', 'shop')).stdout.trim();
  const before = await list(url, key);
  // The server closes the database a moment after its use.
  const store = await vi.waitFor(() => connectStore({ directory: join(home, 'pg') }), 60_000);
  const response = await give(url, key, 1, 'wait');
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '15']);
  expect(await list(url, key)).toEqual(before);
  const remembering = await fetch(`${url}/api/v1/recommendations?user=${user}&k=3&remember=true`, {
    headers: { authorization: `Bearer ${key}` },
  });
  expect(await remembering.json()).toEqual({ ...before, remembered: false });
  await store.close();
  expect(await good(give(url, key, 1, 'wait'))).toMatchObject({ recorded: 1, repeated: false });
  expect(await interrupt()).toBe(0);
});

test('commands find the database free while wrong keys are tried without a pause', async () => {
  const { url, line, interrupt } = await serve();
  // The server waits for whoever reads its log.
  const reading = (async () => {
    for (;;) await line();
  })().catch(() => {});
  const statuses = new Map<number, number>();
  let isOver = false;
  const trying = (async () => {
    for (let at = 0; !isOver; at++) {
      const headers = { authorization: `Bearer cm_guess-${at}` };
      const response = await fetch(`${url}/api/v1/predictions?user=${user}&movie=1`, { headers });
      await response.text();
      const { status } = response;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  })();
  await vi.waitFor(() => expect(statuses.get(429)).toBeGreaterThan(100), 60_000);
  for (let time = 0; time < 5; time++) {
    const { code, stderr } = await runCli(home, 'keys', 'list');
    expect([code, stderr]).toEqual([0, '']);
  }
  isOver = true;
  await trying;
  expect([...statuses.keys()].toSorted()).toEqual([401, 429]);
  expect(await interrupt()).toBe(0);
  await reading;
});

test('a request that began before Ctrl+C is answered and stored', async () => {
  const { stdout } = await runCli(home, 'keys', 'create', 'slow');
  const { url, interrupt } = await serve();
  const body = JSON.stringify({ ratings: [{ user, movie: 1, stars: 2 }] });
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' });
  socket.write(
    `POST /api/v1/ratings HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nAuthorization: Bearer ${stdout.trim()}\r\nIdempotency-Key: slow\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 9)}`,
  );
  // The server starts requests in the order of their arrival.
  await list(url);
  const ended = interrupt();
  await vi.waitFor(() => expect(fetch(`${url}/api/v1/health/live`)).rejects.toThrow(), 60_000);
  socket.write(body.slice(9));
  expect(await text(socket)).toMatch(/^HTTP\/1.1 202 /);
  expect(await ended).toBe(0);
});

const hasIPv6 = Object.values(networkInterfaces()).some((of) => of?.some(({ address }) => address === '::1'));
test.runIf(hasIPv6)('an IPv6 host is in brackets in the URL', async () => {
  const cli = startCli(home, 'serve', '--port', '0', '--json', '--host', '::1');
  const { url } = JSON.parse(await cli.line());
  expect(url).toMatch(/^http:\/\/\[::1\]:\d+$/);
  expect((await fetch(`${url}/api/v1/health/live`)).status).toBe(200);
  expect(await cli.interrupt()).toBe(0);
});

test('without --json it prints the model, the URL and examples, serves the page, and notes each request', async () => {
  const cli = startCli(home, 'serve', '--port', '0');
  const lines = [await cli.line()];
  while (lines.at(-1) !== 'Press Ctrl+C to stop.') lines.push(await cli.line());
  const [, url] = /^Model v1 \(vb-mf\), \d+ movies, [\d.]+ kB: (http:\S+)$/.exec(lines[0] as string) ?? [];
  expect(url, lines[0]).toBeDefined();
  const forUser = /curl '([^']+)'$/.exec(lines[2] as string)?.[1] as string;
  expect((await good(fetch(forUser))).recommendations).toHaveLength(5);
  const [, forNew, body] = /curl '([^']+)' --json '([^']+)'$/.exec(lines[3] as string) ?? [];
  const headers = { 'content-type': 'application/json' };
  const made = await good(fetch(forNew as string, { method: 'POST', headers, body: body as string }));
  expect(made.strategy).toBe('folded-in');
  expect(await (await fetch(url as string)).text()).toContain('<h1>Model v1 serves');
  expect(await (await fetch(`${url}/page.js`)).text()).toBe(
    await readFile(join(import.meta.dirname, '../../public/page.js'), 'utf8'),
  );
  expect((await fetch(`${url}/api/docs`)).status).toBe(200);
  expect(cli.notes()).toMatch(/GET \/api\/docs 200 \d+\.\d ms/);
  expect(await cli.interrupt()).toBe(0);
});

test('a port in use is wrong usage, and the message says how to choose another', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as { readonly port: number };
  const { code, stderr } = await runCli(home, 'serve', '--port', String(port));
  other.close();
  expect(code).toBe(2);
  expect(stderr).toContain(`The API cannot listen on 127.0.0.1:${port}: the port is in use.`);
  expect(stderr).toContain('Set another port with --port, or 0 for a free port.');
});

test('before the first promotion it fails with no-champion', async () => {
  await createEmbeddedDatabase(join(home, 'empty', 'pg'));
  const { code, stderr } = await runCli(join(home, 'empty'), 'serve', '--port', '0');
  expect([code, stderr]).toEqual([1, expect.stringContaining('[no-champion]')]);
});

test('a bundle is served without a pipeline, and a damaged bundle is refused', async () => {
  const folder = join(home, 'bundle');
  await writeFiles(folder, await smallServing());
  const nowhere = join(home, 'nowhere');
  const cli = startCli(nowhere, 'serve', '--port', '0', '--json', '--bundle', folder);
  const { url, modelVersion } = JSON.parse(await cli.line());
  expect(modelVersion).toBe(3);
  expect(await good(fetch(`${url}/api/v1/health/ready`))).toMatchObject({ status: 'ready' });
  expect((await give(url, 'cm_x', 7, 'one')).status).toBe(503);
  expect(await cli.interrupt()).toBe(0);

  await writeFile(join(folder, 'seen.bin'), 'damaged');
  const damaged = await runCli(nowhere, 'serve', '--port', '0', '--bundle', folder);
  expect([damaged.code, damaged.stderr]).toEqual([1, expect.stringContaining('[model-invalid]')]);
  expect(damaged.stderr).toContain('seen.bin');
});
