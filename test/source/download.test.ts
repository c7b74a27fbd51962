import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Progress } from '../../pipeline/lib/progress.ts';
import { type DatasetName, downloadDataset } from '../../pipeline/source/download.ts';
import { readSource } from '../../pipeline/source/read-source.ts';
import { folderWith } from './folder.ts';
import { zipArchive } from './zip-archive.ts';

const RATINGS = `userId,movieId,rating,timestamp\n${Array.from({ length: 5_000 }, (_, i) => `${i + 1},${(i * 7919) % 997},4.0,${1_147_880_044 + i}\n`).join('')}`;
const archive = zipArchive({
  'ml-25m/ratings.csv': RATINGS,
  'ml-25m/movies.csv': 'movieId,title,genres\n1,Toy Story (1995),Comedy\n',
  'ml-25m/README.txt': 'Licence and use',
  'ml-25m/genome-scores.csv': 'not wanted',
});
const MD5 = createHash('md5').update(archive).digest('hex');

/** Waiting takes no time. */
const sleep = async (): Promise<void> => {};

interface Behaviour {
  /**
   * Number of bytes after which each response is cut; later responses are complete. The server waits until `directory`
   * has these bytes before it closes the connection.
   */
  readonly cuts?: number[];
  readonly directory?: string;
  readonly ignoresRange?: boolean;
  readonly md5?: string | null;
  readonly status?: number;
}

interface Site {
  readonly baseUrl: string;
  /** `GET /ml-25m.zip bytes=10-` for each request. */
  readonly requests: string[];
}

/** A server of one archive and its checksum with the given behaviour. */
async function siteThat({
  cuts = [],
  directory = '',
  ignoresRange = false,
  md5 = MD5,
  status,
}: Behaviour = {}): Promise<Site> {
  const requests: string[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const range = request.headers.range;
    requests.push([request.method, request.url, range].filter((part) => part !== undefined).join(' '));
    if (request.url?.endsWith('.md5')) {
      if (md5 === null) response.writeHead(404).end();
      else response.end(`MD5 (ml-25m.zip) = ${md5}\n`);
      return;
    }
    if (status !== undefined) return void response.writeHead(status).end();
    const matches = request.headers['if-range'] === '"v1"' && !ignoresRange;
    const from = matches ? Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0) : 0;
    const body = archive.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      etag: '"v1"',
      'content-length': body.length,
      ...(from > 0 && { 'content-range': `bytes ${from}-${archive.length - 1}/${archive.length}` }),
    });
    const cut = cuts.shift();
    if (cut === undefined) return void response.end(body);
    response.write(body.subarray(0, cut));
    const part = join(directory, 'ml-25m.zip.part');
    const arrived = (): boolean => existsSync(part) && statSync(part).size === from + cut;
    void vi.waitUntil(arrived, { timeout: 600_000, interval: 5 }).finally(() => response.destroy());
  };
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

test('a data set is downloaded, verified and unpacked, with progress in bytes', async () => {
  const directory = await folderWith();
  const { baseUrl } = await siteThat();
  const seen: Progress[] = [];
  const folder = await downloadDataset('ml-25m', directory, { baseUrl, onProgress: (at) => seen.push(at) });
  expect(await readdir(directory)).toEqual(['ml-25m']);
  expect((await readdir(folder)).sort()).toEqual(['README.txt', 'movies.csv', 'ratings.csv']);
  expect(await readFile(join(folder, 'ratings.csv'), 'utf8')).toBe(RATINGS);
  expect((await readSource(folder)).movies).toHaveLength(1);
  expect(seen.findLast(({ unit }) => unit === 'bytes')).toEqual({
    stage: 'downloading',
    done: archive.length,
    total: archive.length,
    unit: 'bytes',
  });
});

test('an existing data set is not downloaded again', async () => {
  const directory = await folderWith();
  const { baseUrl, requests } = await siteThat();
  const folder = await downloadDataset('ml-25m', directory, { baseUrl });
  const before = requests.length;
  expect(await downloadDataset('ml-25m', directory, { baseUrl })).toBe(folder);
  expect(requests.length).toBe(before);
});

test('an interrupted download continues', async () => {
  const directory = await folderWith();
  const { baseUrl, requests } = await siteThat({ cuts: [10_000, 5_000], directory });
  const folder = await downloadDataset('ml-25m', directory, { baseUrl });
  expect(await readFile(join(folder, 'ratings.csv'), 'utf8')).toBe(RATINGS);
  expect(requests.slice(1)).toEqual([
    'GET /ml-25m.zip',
    'GET /ml-25m.zip bytes=10000-',
    'GET /ml-25m.zip bytes=15000-',
  ]);
});

test('a later run continues the download of an earlier one', async () => {
  const directory = await folderWith();
  const cut = await siteThat({ cuts: [10_000, 1, 1, 1, 1], directory });
  await expect(downloadDataset('ml-25m', directory, { baseUrl: cut.baseUrl, sleep })).rejects.toMatchObject({
    code: 'download-failed',
    message: expect.stringContaining('the connection was closed ('),
  });
  const { baseUrl, requests } = await siteThat();
  const folder = await downloadDataset('ml-25m', directory, { baseUrl });
  expect(await readFile(join(folder, 'ratings.csv'), 'utf8')).toBe(RATINGS);
  expect(requests[1]).toBe('GET /ml-25m.zip bytes=10004-');
});

test('the download starts again when the server ignores ranges', async () => {
  const directory = await folderWith();
  const { baseUrl } = await siteThat({ cuts: [10_000], directory, ignoresRange: true });
  const folder = await downloadDataset('ml-25m', directory, { baseUrl });
  expect(await readFile(join(folder, 'ratings.csv'), 'utf8')).toBe(RATINGS);
});

test('the download of another version starts again', async () => {
  const directory = await folderWith({ 'ml-25m.zip.part': 'older bytes', 'ml-25m.zip.part.version': '"v0"' });
  const { baseUrl } = await siteThat();
  const folder = await downloadDataset('ml-25m', directory, { baseUrl });
  expect(await readFile(join(folder, 'ratings.csv'), 'utf8')).toBe(RATINGS);
});

test('an archive with another checksum is refused and deleted', async () => {
  const directory = await folderWith();
  const { baseUrl } = await siteThat({ md5: '0'.repeat(32) });
  await expect(downloadDataset('ml-25m', directory, { baseUrl })).rejects.toMatchObject({
    code: 'download-failed',
    message: expect.stringContaining(`its MD5 is ${MD5}, but GroupLens publishes ${'0'.repeat(32)}`),
  });
  expect(await readdir(directory)).toEqual([]);
});

test.each([
  [
    'ml-100k',
    {
      'ml-100k/u.data': '1\t2\t3\t900000000\n',
      'ml-100k/u.item': `2|Heat (1995)|||${'|0'.repeat(19)}\n`,
      'ml-100k/u1.base': '',
    },
  ],
  [
    'ml-1m',
    {
      'ml-1m/ratings.dat': '1::2::3::900000000\n',
      'ml-1m/movies.dat': '2::Heat (1995)::Crime\n',
      'ml-1m/users.dat': '',
    },
  ],
  [
    'ml-10m',
    { 'ml-10M100K/ratings.dat': '1::2::3::900000000\n', 'ml-10M100K/movies.dat': '2::Heat (1995)::Crime\n' },
  ],
  [
    'ml-20m',
    {
      'ml-20m/ratings.csv': 'userId,movieId,rating,timestamp\n1,2,3,900000000\n',
      'ml-20m/movies.csv': 'movieId,title,genres\n2,Heat (1995),Crime\n',
    },
  ],
] as const)('%s is downloaded with its own MD5, and read', async (name, files) => {
  const bytes = zipArchive(files);
  const fetch = (async () => new Response(bytes)) as unknown as typeof globalThis.fetch;
  await expect(downloadDataset(name, await folderWith(), { fetch })).rejects.toMatchObject({
    message: expect.stringMatching(
      /^https:\/\/files\.grouplens\.org\/datasets\/movielens\/ml-\d+[km]\.zip could not be downloaded: its MD5 is [0-9a-f]{32}, but GroupLens publishes [0-9a-f]{32}\.$/,
    ),
  });
  const md5 = createHash('md5').update(bytes).digest('hex');
  const folder = await downloadDataset(name, await folderWith(), { fetch, md5 });
  const { raw, movies } = await readSource(folder);
  expect([raw.length, movies.map(({ title }) => title)]).toEqual([1, ['Heat']]);
});

test('without a published checksum nothing is downloaded', async () => {
  const { baseUrl, requests } = await siteThat({ md5: null });
  await expect(downloadDataset('ml-latest-small', await folderWith(), { baseUrl })).rejects.toMatchObject({
    code: 'download-failed',
    message: expect.stringContaining(
      'ml-latest-small.zip.md5 could not be downloaded: the server answered 404',
    ),
  });
  expect(requests).toEqual(['GET /ml-latest-small.zip.md5']);
});

test.each([404, 503])('an answer of %i names the address and the way by hand', async (status) => {
  const { baseUrl } = await siteThat({ status });
  await expect(downloadDataset('ml-32m', await folderWith(), { baseUrl, sleep })).rejects.toMatchObject({
    code: 'download-failed',
    message: `${baseUrl}/ml-32m.zip could not be downloaded: the server answered ${status}.`,
    remedy: expect.stringContaining('--data DIR'),
  });
});

test('an unreachable server gives a clear message', async () => {
  const { address, port } = await closedPort();
  await expect(
    downloadDataset('ml-25m', await folderWith(), { baseUrl: `http://${address}:${port}`, sleep }),
  ).rejects.toMatchObject({
    code: 'download-failed',
    message: expect.stringMatching(
      /ml-25m\.zip\.md5 could not be downloaded: the server refused the connection \(ECONNREFUSED\)/,
    ),
  });
});

/** A port that was free a moment ago. */
async function closedPort(): Promise<AddressInfo> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return address;
}

test('a path in the archive cannot leave the folder', async () => {
  const directory = await folderWith();
  const evil = zipArchive({ '../../ratings.csv': RATINGS });
  const server = createServer((request, response) =>
    response.end(request.url?.endsWith('.md5') ? createHash('md5').update(evil).digest('hex') : evil),
  ).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await expect(downloadDataset('ml-25m', join(directory, 'data'), { baseUrl })).rejects.toMatchObject({
    code: 'download-failed',
    message: expect.stringContaining('invalid relative path'),
  });
  expect(existsSync(join(directory, 'ratings.csv'))).toBe(false);
});

test('an unknown name lists the known ones', async () => {
  await expect(downloadDataset('ml-1b' as DatasetName, '/nowhere')).rejects.toMatchObject({
    code: 'usage',
    remedy: expect.stringContaining('ml-latest-small, ml-100k, ml-1m, ml-10m, ml-20m, ml-25m, ml-32m'),
  });
});
