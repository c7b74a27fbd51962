/** The function that Vercel runs, as a process: what it does with the bundle beside it, whole or not. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BUNDLE_FILE } from '../../pipeline/serving/serving-files.ts';
import { smallServing } from '../support/small-world.ts';
import { good } from './start-api.ts';
import { type FunctionProcess, functionFolder, startFunction } from './start-function.ts';

const bundle = await smallServing();
const LIST = '/api/v1/recommendations?user=10&k=3';

/** It lives, serves nothing, and its log names what is wrong. */
async function expectDamage({ url, log }: FunctionProcess, named: string): Promise<void> {
  expect(await good(fetch(`${url}/api/v1/health/live`))).toEqual({ status: 'live' });
  for (const address of ['/api/v1/health/ready', LIST, '/api/v1/predictions?user=10&movie=7']) {
    const response = await fetch(url + address);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('60');
    expect(await response.text()).not.toContain(named);
  }
  expect(log()[0]).toMatchObject({ level: 50, err: { message: expect.stringContaining(named) } });
}

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
  expect(log().map(({ msg }) => msg)).toEqual(Array(6).fill('answered'));
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

test.each([...bundle.files.keys()])(
  'with a bit of %s turned over it lives and serves nothing',
  async (part) => {
    const folder = await functionFolder(bundle);
    const path = join(folder, 'serving', part);
    const bytes = await readFile(path);
    // The head lists the digests of all parts, and has none of its own.
    const at = part === BUNDLE_FILE ? 0 : bytes.length >> 1;
    bytes[at] = (bytes[at] as number) ^ 0x10;
    await writeFile(path, bytes);
    await expectDamage(await startFunction(folder), part);
  },
);

test('with a part missing it lives and serves nothing', async () => {
  const folder = await functionFolder(bundle);
  await rm(join(folder, 'serving', 'seen.bin'));
  await expectDamage(await startFunction(folder), 'seen.bin is missing');
});

test('with a file that does not belong to the bundle it lives and serves nothing', async () => {
  const folder = await functionFolder(bundle);
  await writeFile(join(folder, 'serving', 'extra.js'), '');
  await expectDamage(await startFunction(folder), 'extra.js is not listed');
});

test('with a folder in the place of a part, and without any bundle, it lives and serves nothing', async () => {
  const folder = await functionFolder(bundle);
  await rm(join(folder, 'serving', 'search.bin'));
  await mkdir(join(folder, 'serving', 'search.bin'));
  const { url, log } = await startFunction(folder);
  expect((await fetch(`${url}/api/v1/health/ready`)).status).toBe(503);
  expect(log()[0]).toMatchObject({ level: 50 });
  await rm(join(folder, 'serving'), { recursive: true });
  await expectDamage(await startFunction(folder), 'There is no bundle to serve');
});
