/** The TypeScript client in api/client: that it is the one of this API, small, typed, and that it works. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
// biome-ignore lint/correctness/useImportExtensions: the types beside it are cinematch.d.mts.
import { CineMatch, CineMatchError } from '../../api/client/cinematch.mjs';
import { CLIENT_FILES } from '../../api/docs/client.ts';
import { type Listener, listen } from '../../api/listen.ts';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import type { ApiDocument } from '../api/api-document.ts';
import { memoryDatabase } from '../api/memory-database.ts';
import { startApi } from '../api/start-api.ts';
import { smallServing, UNKNOWN_MOVIE } from '../support/small-world.ts';
import { clientFiles } from './client-files.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const committed = (name: string): string => read(`api/client/${name}`);
const KEY = 'cm_of-a-test';
const MAX_BYTES = 15 * 1024;

const IMPORT = "import { CineMatch, CineMatchError } from './cinematch.mjs';\n";

/** What the compiler says of a program beside the client. */
function compile(code: string, imports = IMPORT): string {
  const folder = mkdtempSync(join(tmpdir(), 'cinematch-client-'));
  try {
    for (const name of CLIENT_FILES) writeFileSync(join(folder, name), committed(name));
    writeFileSync(join(folder, 'app.mts'), imports + code);
    const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')];
    const options = [
      '--strict',
      '--noEmit',
      '--module',
      'nodenext',
      ...(code.includes('process') ? types : []),
    ];
    const { stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), [...options, 'app.mts'], {
      cwd: folder,
      encoding: 'utf8',
    });
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('the files', () => {
  test('are the ones that `npm run docs` writes', async () => {
    const files = await clientFiles();
    for (const name of CLIENT_FILES) expect(committed(name), name).toBe(files[name]);
  });

  test('have less than 15 KB together and import nothing', () => {
    const texts = CLIENT_FILES.map(committed);
    expect(Buffer.byteLength(texts.join(''))).toBeLessThan(MAX_BYTES);
    for (const text of texts) expect(text).not.toMatch(/\bimport\b|\brequire\(/);
  });

  test('compile with `tsc --strict`, and wrong calls do not', () => {
    expect(
      compile(`
const api = new CineMatch({ url: 'https://films.example', key: 'cm_x', timeoutMs: 5_000 });
const { movies, next } = await api.searchMovies({ query: 'matrix', genre: 'Drama', year: 1999, limit: 5 });
const first: number | undefined = movies[0]?.movie;
const more: string | null = next;
await api.listGenres();
await api.submitFeedback(
  { events: [{ user: 1, movie: 7, kind: 'shown', count: 2 }, { user: 1, movie: 7, kind: 'rated', stars: 4 }] },
  { idempotencyKey: 'one' },
);
try {
  await api.getMovie({ id: 7 }, { signal: AbortSignal.timeout(10) });
} catch (error) {
  if (error instanceof CineMatchError && error.code === 'not-found') console.log(error.problem?.detail, first, more);
}`),
    ).toBe('');
    const errors = compile(`
const api = new CineMatch();
await api.getMovie({});
await api.getMovie();
await api.getMovie({ id: 'seven' });
await api.recommendForUser({ user: 1, K: 5 });
await api.recommendForUser({ user: 1, sort: 'year' });
await api.submitFeedback({ events: [{ user: 1, movie: 7, kind: 'rated' }] });
(await api.searchMovies()).films;
if (new CineMatchError().code === 'gone') api.nothing();`);
    const lines = [...errors.matchAll(/^app\.mts\((\d+),/gm)].map(([, line]) => Number(line));
    expect([...new Set(lines)], errors).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
  });

  test('compile with the examples of the guide', () => {
    const examples = [...read('docs/api.md').matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(
      ([, code = '']) => code,
    );
    expect(examples.length).toBeGreaterThanOrEqual(3);
    for (const code of examples) {
      expect(code).toContain("from './cinematch.mjs'");
      expect(compile(code, '')).toBe('');
    }
  });
});

describe('the client', () => {
  let server: Listener;
  let client: CineMatch;
  let document: ApiDocument;
  const asked: Request[] = [];

  beforeAll(async () => {
    const database = memoryDatabase();
    database.addKey(KEY);
    const { app, get } = startApi({
      serving: openServing((await smallServing()).files, 'model v3'),
      database,
    });
    document = (await (await get('/api/openapi.json')).json()) as ApiDocument;
    server = await listen(
      (request) => {
        asked.push(request.clone());
        return app.fetch(request);
      },
      { port: 0, hostname: '127.0.0.1' },
    );
    client = new CineMatch({ url: `http://127.0.0.1:${server.port}/`, key: KEY });
  });
  afterAll(() => server.close());

  /** The requests that a call sends. */
  async function sent(call: () => Promise<unknown>): Promise<readonly Request[]> {
    asked.length = 0;
    await call();
    return [...asked];
  }

  test('has every operation but those of the service and of a person’s data, and each is answered by its example', async () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
    );
    const offered = operations.filter(
      ({ tags = [] }) => !tags.includes('Service') && !tags.includes('Users'),
    );
    expect(Object.keys(client).sort()).toEqual(offered.map(({ operationId }) => operationId).sort());
    for (const { operationId, parameters = [], requestBody, path, method } of offered) {
      const examples = parameters
        .filter(({ in: place }) => place !== 'header')
        .flatMap(({ name, schema }) =>
          schema['example'] === undefined ? [] : [[name, schema['example']] as const],
        );
      const example = requestBody?.content['application/json']?.example;
      const call = client[operationId as keyof CineMatch] as (request: object) => Promise<unknown>;
      const [request] = await sent(() => call({ ...Object.fromEntries(examples), ...example }));
      expect(request?.method.toLowerCase(), operationId).toBe(method);
      const pattern = new RegExp(`^${path.replace(/{\w+}/g, '[^/]+')}$`);
      expect(new URL(request?.url ?? '').pathname, operationId).toMatch(pattern);
    }
  });

  test('sends fields of a body as they are, parameters by their names in the URL, and no others', async () => {
    const [get] = await sent(() =>
      client.recommendForUser({
        user: 10,
        k: 3,
        genre: ['Comedy', 'Drama'],
        genreMatch: 'all',
        exclude: [7, 9],
        excludeSeen: false,
        minRating: 2.5,
        ...({ cursor: undefined } as object),
      }),
    );
    expect(new URL(get?.url ?? '').search).toBe(
      '?user=10&k=3&genre=Comedy&genre=Drama&genre_match=all&exclude=7%2C9&exclude_seen=false&min_rating=2.5',
    );
    expect(get?.headers.get('authorization')).toBe(`Bearer ${KEY}`);
    const body = { ratings: [{ movie: 7, stars: 4.5 }], k: 2, genreMatch: 'all' } as const;
    const [post] = await sent(() => client.recommendForRatings(body));
    expect(await post?.json()).toEqual(body);
    expect(post?.headers.get('idempotency-key')).toBeNull();
  });

  test('names each request that stores by itself, or as it is told', async () => {
    const body = { ratings: [{ user: 10, movie: 7, stars: 4 }] };
    const [first, second] = await sent(async () => {
      await client.submitRatings(body);
      await client.submitRatings(body);
    });
    const name = first?.headers.get('idempotency-key');
    expect(name).toMatch(/^[0-9a-f-]{36}$/);
    expect(second?.headers.get('idempotency-key')).not.toBe(name);
    expect((await client.submitRatings(body, { idempotencyKey: 'mine' })).repeated).toBe(false);
    expect((await client.submitRatings(body, { idempotencyKey: 'mine' })).repeated).toBe(true);
  });

  test('throws what the API says as an error with its code', async () => {
    const failure = client.getMovie({ id: UNKNOWN_MOVIE });
    await expect(failure).rejects.toBeInstanceOf(CineMatchError);
    await expect(failure).rejects.toMatchObject({
      name: 'CineMatchError',
      status: 404,
      code: 'not-found',
      message: `Movie ${UNKNOWN_MOVIE} is unknown. Search for a movie: /api/v1/movies?query=….`,
      problem: { type: '/api/docs#not-found', requestId: expect.any(String) },
      retryAfterSeconds: null,
    });
    const other = new CineMatch({ url: `http://127.0.0.1:${server.port}`, key: 'cm_other' });
    await expect(other.withdrawFeedback({ user: 10, movie: 7 })).rejects.toMatchObject({
      status: 401,
      code: 'unauthorised',
    });
  });

  test('is of the genres and the ids of the service that it is taken from', async () => {
    const types = await (await fetch(`http://127.0.0.1:${server.port}/api/client/cinematch.d.mts`)).text();
    expect(types).toContain("export type Genre = 'Action' | 'Comedy' | 'Drama' | 'Film-Noir' | 'Sci-Fi';");
    expect(committed('cinematch.d.mts')).toContain('export type Genre = string;');
    const module = await fetch(`http://127.0.0.1:${server.port}/api/client/cinematch.mjs`);
    expect(module.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(await module.text()).toBe(committed('cinematch.mjs'));
  });
});

describe('a service that is not well', () => {
  /** A service that gives these answers in turn; the last one again and again. Null is none at all. */
  async function unwell(
    answers: readonly ({ readonly status: number; readonly after?: string } | null)[],
    use: (url: string, requests: readonly (string | undefined)[]) => Promise<void>,
  ): Promise<void> {
    const requests: (string | undefined)[] = [];
    const web = createServer((request, response) => {
      const answer = answers[Math.min(requests.length, answers.length - 1)];
      requests.push(request.headers['idempotency-key'] as string | undefined);
      if (answer == null) return;
      const { status, after } = answer;
      response.writeHead(status, after === undefined ? {} : { 'retry-after': after });
      response.end(status === 200 ? '{"recorded":1}' : 'a gateway');
    });
    await new Promise<void>((listening) => web.listen(0, '127.0.0.1', listening));
    try {
      await use(`http://127.0.0.1:${(web.address() as AddressInfo).port}`, requests);
    } finally {
      web.closeAllConnections();
      await new Promise((closed) => web.close(closed));
    }
  }
  const rating = { ratings: [{ user: 1, movie: 7, stars: 4 }] };

  test('is asked again after the time that it names, for the same request', async () => {
    const down = { status: 503, after: '0' };
    await unwell([down, { status: 429, after: '0' }, { status: 200 }], async (url, requests) => {
      expect(await new CineMatch({ url }).submitRatings(rating)).toEqual({ recorded: 1 });
      expect(requests).toHaveLength(3);
      expect(new Set(requests).size).toBe(1);
    });
  });

  test('is not asked again without such a time, nor when it is too long', async () => {
    for (const answer of [{ status: 503 }, { status: 429, after: '3600' }, { status: 502, after: 'soon' }]) {
      await unwell([answer], async (url, requests) => {
        await expect(new CineMatch({ url }).submitRatings(rating)).rejects.toMatchObject({
          status: answer.status,
          code: null,
          problem: null,
          message: `HTTP status ${answer.status}`,
        });
        expect(requests).toHaveLength(1);
      });
    }
  });

  test('ends a call when its time is over or its signal is given', async () => {
    await unwell([null], async (url) => {
      const client = new CineMatch({ url, timeoutMs: 50 });
      await expect(client.listGenres()).rejects.toMatchObject({ name: 'TimeoutError' });
      const stop = new AbortController();
      const call = client.listGenres(undefined, { signal: stop.signal, timeoutMs: 60_000 });
      stop.abort();
      await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    });
    await unwell([{ status: 503, after: '30' }], async (url, requests) => {
      const stop = new AbortController();
      const call = new CineMatch({ url, timeoutMs: 60_000 }).listGenres({}, { signal: stop.signal });
      await expect.poll(() => requests.length).toBe(1);
      setTimeout(() => stop.abort(), 20);
      await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    });
  });

  test('is asked with another fetch where one is given', async () => {
    const urls: string[] = [];
    const fetch = async (url: unknown) => {
      urls.push(String(url));
      return Response.json({ genres: [] });
    };
    await new CineMatch({ url: 'https://films.example/base/', fetch }).listGenres();
    await new CineMatch({ fetch }).getMovie({ id: 7 });
    expect(urls).toEqual(['https://films.example/base/api/v1/genres', '/api/v1/movies/7']);
  });
});
