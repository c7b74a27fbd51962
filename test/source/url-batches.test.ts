/** Files at numbered https URLs: which are requested, and which parts of a URL are shown. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { KnownBatches } from '../../pipeline/source/batches/batch-list.ts';
import { httpsUrl } from '../../pipeline/source/batches/https-only.ts';
import { urlBatch, urlBatches } from '../../pipeline/source/batches/url-batches.ts';
import { type Answer, type Website, websiteWith } from '../support/website.ts';
import { folderWith } from './folder.ts';

const TEMPLATE = 'https://data.example.org/ratings/week-{nn}.csv';
const HTTP_OK: Answer = { body: 'userId,movieId,rating,timestamp\n1,1,4.0,1700000000\n' };

const ledgerWith = (...names: readonly string[]): KnownBatches => ({
  hasContent: () => false,
  hasName: (name) => names.includes(name),
});

async function batchesOf(website: Website, template = TEMPLATE, known = ledgerWith()) {
  const directory = await folderWith();
  return urlBatches(template, known, { directory, fetch: website.fetch, onProgress: () => {} });
}

test('numbers are requested until a file is missing; batches of the ledger are not requested', async () => {
  const website = await websiteWith({
    '/ratings/week-02.csv': HTTP_OK,
    '/ratings/week-03.csv': HTTP_OK,
    '/ratings/week-05.csv': HTTP_OK,
  });
  const list = await batchesOf(website, TEMPLATE, ledgerWith('https://data.example.org/ratings/week-01.csv'));
  expect(list.batches.map(({ name, taken }) => [name, taken])).toEqual([
    ['https://data.example.org/ratings/week-01.csv', true],
    ['https://data.example.org/ratings/week-02.csv', false],
    ['https://data.example.org/ratings/week-03.csv', false],
  ]);
  expect(list.note).toBe('number 4 does not exist yet');
  expect(website.requests).toEqual([
    'HEAD /ratings/week-02.csv',
    'HEAD /ratings/week-03.csv',
    'HEAD /ratings/week-04.csv',
  ]);
});

test.each([
  ['https://data.example.org/{n}/{nnn}.csv', '/1/001.csv'],
  ['https://data.example.org/{nn}.csv', '/01.csv'],
])('%s begins at %s', async (template, path) => {
  const website = await websiteWith();
  await batchesOf(website, template);
  expect(website.requests).toEqual([`HEAD ${path}`]);
});

test('a batch is downloaded into a folder of its own', async () => {
  const website = await websiteWith({ '/ratings/week-01.csv': HTTP_OK });
  const [batch] = (await batchesOf(website)).batches;
  const fetched = await batch?.fetch();
  expect(await readFile(fetched?.path ?? '', 'utf8')).toBe('body' in HTTP_OK && HTTP_OK.body);
  expect(fetched?.temporary).toEqual([join(fetched?.path ?? '', '..')]);
});

test('a server that supports GET only gets a GET request', async () => {
  const website = await websiteWith({ '/ratings/week-01.csv': { status: 405 } });
  const answering: Website = {
    ...website,
    fetch: (input, init) => {
      if (init?.method !== 'HEAD') website.answers['/ratings/week-01.csv'] = HTTP_OK;
      return website.fetch(input, init);
    },
  };
  const list = await batchesOf(answering);
  expect(website.requests.slice(0, 2)).toEqual(['HEAD /ratings/week-01.csv', 'GET /ratings/week-01.csv']);
  expect(list.batches).toHaveLength(1);
});

test('a response that is neither a file nor 404 is an error', async () => {
  const website = await websiteWith({ '/ratings/week-01.csv': { status: 403 } });
  await expect(batchesOf(website)).rejects.toMatchObject({
    code: 'download-failed',
    message: expect.stringContaining('the server answered 403'),
  });
});

test('a hundred files are the limit of a run', async () => {
  const website = await websiteWith();
  const endless: Website = {
    ...website,
    fetch: (input, init) => {
      website.answers[new URL(String(input)).pathname] = HTTP_OK;
      return website.fetch(input, init);
    },
  };
  const list = await batchesOf(endless);
  expect(list.batches).toHaveLength(100);
  expect(list.note).toBe('stopped after 100 files; the next run continues');
});

test('redirects are followed to https', async () => {
  const location = 'https://files.example.net/signed.csv?signature=s3cret';
  const website = await websiteWith({
    '/ratings/week-01.csv': { status: 302, headers: { location } },
    '/signed.csv?signature=s3cret': HTTP_OK,
  });
  const [batch] = (await batchesOf(website)).batches;
  expect(await readFile((await batch?.fetch())?.path ?? '', 'utf8')).toContain('1,1,4.0');
});

test.each([
  ['http://files.example.net/signed.csv?signature=s3cret', 'http://files.example.net, which is not https'],
  ['file:///etc/passwd', 'which is not https'],
  ['https://data.example.org/ratings/week-01.csv', 'more than 5 times'],
])('a redirect to %s is refused without showing secrets', async (location, message) => {
  const website = await websiteWith({ '/ratings/week-01.csv': { status: 302, headers: { location } } });
  const error = await batchesOf(website).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'download-failed', message: expect.stringContaining(message) });
  expect(JSON.stringify([String(error), error])).not.toContain('s3cret');
});

test('the query of a URL is sent and never shown', async () => {
  const website = await websiteWith();
  const url = httpsUrl('https://data.example.org/week.csv?token=s3cret', 'input-invalid');
  const options = { directory: await folderWith(), fetch: website.fetch, onProgress: () => {} };
  const batch = urlBatch(url, ledgerWith(), options);
  expect(batch.name).toBe('https://data.example.org/week.csv');
  const error = await batch.fetch().catch((caught: unknown) => caught);
  expect(website.requests).toEqual(['GET /week.csv?token=s3cret']);
  expect(error).toMatchObject({ code: 'download-failed' });
  expect(String(error)).not.toContain('s3cret');
});

test.each([
  ['http://data.example.org/1.csv', 'is not an https URL'],
  ['ftp://data.example.org/1.csv', 'is not an https URL'],
  ['https://', 'is not an https URL'],
  ['https://someone:s3cret@data.example.org/1.csv', 'contains a user name or a password'],
])('%s is no URL of ratings', (text, said) => {
  expect(() => httpsUrl(text, 'input-invalid')).toThrow(said);
  expect(() => httpsUrl(text, 'input-invalid')).not.toThrow('s3cret');
});
