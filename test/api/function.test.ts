/** The function that Vercel runs, as a process: what it does with the bundle beside it, whole or not. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeFiles } from '../../pipeline/model/package-folder.ts';
import { BUNDLE_FILE } from '../../pipeline/serving/serving-files.ts';
import { smallServing } from '../support/small-world.ts';
import { good } from './start-api.ts';
import { type FunctionProcess, functionFolder, startFunction, startFunctions } from './start-function.ts';

const bundle = await smallServing();
const LIST = '/api/v1/recommendations?user=10&k=3';

test('with a whole bundle and no database it answers everything but what needs one', async () => {
  const { url, log } = await startFunction(await functionFolder(bundle));
  expect(await good(fetch(`${url}/api/v1/health/ready`))).toEqual({ status: 'ready', modelVersion: 3 });
  const list = await fetch(url + LIST);
  expect(list.headers.get('x-model-version')).toBe('3');
  expect(list.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(list.headers.get('cache-control')).toBe('private, max-age=60');
  expect((await list.json()) as object).toMatchObject({ user: 10, strategy: 'personalised' });
  const { predictions } = await good(
    fetch(`${url}/api/v1/predictions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ pairs: [{ user: 10, movie: 7 }] }),
    }),
  );
  expect(predictions).toHaveLength(1);
  expect(await good(fetch(`${url}/api/v1/status`))).toMatchObject({ source: 'bundle' });
  expect((await fetch(`${url}/api/docs`)).headers.get('content-type')).toBe('text/html; charset=UTF-8');
  const ratings = await fetch(`${url}/api/v1/ratings`, {
    method: 'POST',
    headers: { authorization: 'Bearer cm_x', 'content-type': 'application/json', 'idempotency-key': 'a' },
    body: JSON.stringify({ ratings: [{ user: 10, movie: 7, stars: 4 }] }),
  });
  expect([ratings.status, ratings.headers.get('retry-after')]).toEqual([503, '3600']);
  expect(log().map(({ msg }) => msg)).toEqual(Array(6).fill('request completed'));
});

test('a body that is too large is refused over the wire as well, and the next request is answered', async () => {
  const { url } = await startFunction(await functionFolder(bundle));
  const send = (bytes: number) =>
    fetch(`${url}/api/v1/predictions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ pairs: [{ user: 10, movie: 7 }] }).padEnd(bytes),
    });
  expect((await send(4_000_000)).status).toBe(413);
  expect((await send(256 * 1024)).status).toBe(200);
});

const flipBit = (part: string) => async (serving: string) => {
  const path = join(serving, part);
  const bytes = await readFile(path);
  // The head lists the digests of all parts, and has none of its own.
  const at = part === BUNDLE_FILE ? 0 : bytes.length >> 1;
  bytes[at] = (bytes[at] as number) ^ 0x10;
  await writeFile(path, bytes);
};

/** What is wrong with the bundle, what the log names, and how the folder of the bundle is damaged. */
const DAMAGES: readonly (readonly [string, string, (serving: string) => Promise<unknown>])[] = [
  ...[...bundle.files.keys()].map((part) => [`a wrong bit in ${part}`, part, flipBit(part)] as const),
  ['a missing part', 'seen.bin is missing', (serving) => rm(join(serving, 'seen.bin'))],
  [
    'a file that is not a part',
    'extra.js is not listed',
    (serving) => writeFile(join(serving, 'extra.js'), ''),
  ],
  [
    'a folder in the place of a part',
    'EISDIR',
    async (serving) => {
      await rm(join(serving, 'seen.bin'));
      await mkdir(join(serving, 'seen.bin'));
    },
  ],
  ['no bundle', 'There is no bundle to serve', (serving) => rm(serving, { recursive: true })],
];

describe('a function is live, serves nothing and names the damage in its log: with', () => {
  let home: string;
  let functions: readonly FunctionProcess[];
  let close: () => Promise<void>;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'cinematch-damaged-'));
    const folders = DAMAGES.map((_, at) => join(home, String(at)));
    for (const [at, [, , damage]] of DAMAGES.entries()) {
      const serving = join(folders[at] as string, 'serving');
      await writeFiles(serving, bundle);
      await damage(serving);
    }
    ({ functions, close } = await startFunctions(folders));
  });
  afterAll(async () => {
    await close?.();
    await rm(home, { recursive: true, force: true });
  });

  test.each(DAMAGES.map(([name, named], at) => [name, named, at] as const))('%s', async (_, named, at) => {
    const { url, log } = functions[at] as FunctionProcess;
    expect(await good(fetch(`${url}/api/v1/health/live`))).toEqual({ status: 'live' });
    for (const path of ['/api/v1/health/ready', LIST, '/api/v1/predictions?user=10&movie=7']) {
      const response = await fetch(url + path);
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '60']);
      expect(await response.text()).not.toContain(named);
    }
    expect(log()[0]).toMatchObject({ level: 50, err: { message: expect.stringContaining(named) } });
  });
});
