/** Numbered files behind https: which are asked for, and what of an address is shown. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { httpsUrl } from '../../pipeline/source/batches/https-only.ts';
import type { KnownBatches } from '../../pipeline/source/batches/offer.ts';
import { urlBatch, urlBatches } from '../../pipeline/source/batches/url-batches.ts';
import { type Answer, type Website, websiteWith } from '../support/website.ts';
import { folderWith } from './folder.ts';

const TEMPLATE = 'https://data.example.org/ratings/week-{nn}.csv';
const HTTP_OK: Answer = { body: 'userId,movieId,rating,timestamp\n1,1,4.0,1700000000\n' };

const knowing = (...names: readonly string[]): KnownBatches => ({
  hasContent: () => false,
  hasName: (name) => names.includes(name),
});

async function asking(website: Website, template = TEMPLATE, known = knowing()) {
  const directory = await folderWith();
  return urlBatches(template, known, { directory, fetch: website.fetch, onProgress: () => {} });
}

test('the next numbers are asked for until one is not there; known ones are not asked for', async () => {
  const website = await websiteWith({
    '/ratings/week-02.csv': HTTP_OK,
    '/ratings/week-03.csv': HTTP_OK,
    '/ratings/week-05.csv': HTTP_OK,
  });
  const offer = await asking(website, TEMPLATE, knowing('https://data.example.org/ratings/week-01.csv'));
  expect(offer.batches.map(({ name, taken }) => [name, taken])).toEqual([
    ['https://data.example.org/ratings/week-01.csv', true],
    ['https://data.example.org/ratings/week-02.csv', false],
    ['https://data.example.org/ratings/week-03.csv', false],
  ]);
  expect(offer.note).toBe('number 4 is not there yet');
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
  await asking(website, template);
  expect(website.requests).toEqual([`HEAD ${path}`]);
});

test('a batch is fetched whole, away from anything that could be taken for its movies', async () => {
  const website = await websiteWith({ '/ratings/week-01.csv': HTTP_OK });
  const [batch] = (await asking(website)).batches;
  const fetched = await batch?.fetch();
  expect(await readFile(fetched?.path ?? '', 'utf8')).toBe('body' in HTTP_OK && HTTP_OK.body);
  expect(fetched?.temporary).toEqual([join(fetched?.path ?? '', '..')]);
});

test('a server that knows GET only is asked with GET', async () => {
  const website = await websiteWith({ '/ratings/week-01.csv': { status: 405 } });
  const answering: Website = {
    ...website,
    fetch: (input, init) => {
      if (init?.method !== 'HEAD') website.answers['/ratings/week-01.csv'] = HTTP_OK;
      return website.fetch(input, init);
    },
  };
  const offer = await asking(answering);
  expect(website.requests.slice(0, 2)).toEqual(['HEAD /ratings/week-01.csv', 'GET /ratings/week-01.csv']);
  expect(offer.batches).toHaveLength(1);
});

test('an answer that is neither a file nor 404 is an error, not the end', async () => {
  const website = await websiteWith({ '/ratings/week-01.csv': { status: 403 } });
  await expect(asking(website)).rejects.toMatchObject({
    code: 'download-failed',
    message: expect.stringContaining('the server answered 403'),
  });
});

test('a server that answers every number is asked for a hundred at once', async () => {
  const website = await websiteWith();
  const endless: Website = {
    ...website,
    fetch: (input, init) => {
      website.answers[new URL(String(input)).pathname] = HTTP_OK;
      return website.fetch(input, init);
    },
  };
  const offer = await asking(endless);
  expect(offer.batches).toHaveLength(100);
  expect(offer.note).toBe('asked for 100 only; the next run goes on');
});

test('redirects are followed to https', async () => {
  const location = 'https://files.example.net/signed.csv?signature=s3cret';
  const website = await websiteWith({
    '/ratings/week-01.csv': { status: 302, headers: { location } },
    '/signed.csv?signature=s3cret': HTTP_OK,
  });
  const [batch] = (await asking(website)).batches;
  expect(await readFile((await batch?.fetch())?.path ?? '', 'utf8')).toContain('1,1,4.0');
});

test.each([
  ['http://files.example.net/signed.csv?signature=s3cret', 'http://files.example.net, which is not https'],
  ['file:///etc/passwd', 'which is not https'],
  ['https://data.example.org/ratings/week-01.csv', 'more than 5 times'],
])('a redirect to %s is refused without showing more than it must', async (location, said) => {
  const website = await websiteWith({ '/ratings/week-01.csv': { status: 302, headers: { location } } });
  const error = await asking(website).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'download-failed', message: expect.stringContaining(said) });
  expect(JSON.stringify([String(error), error])).not.toContain('s3cret');
});

test('of an address given by hand, what follows the question mark is sent and never shown', async () => {
  const website = await websiteWith();
  const url = httpsUrl('https://data.example.org/week.csv?token=s3cret', 'input-invalid');
  const options = { directory: await folderWith(), fetch: website.fetch, onProgress: () => {} };
  const batch = urlBatch(url, knowing(), options);
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
  ['https://someone:s3cret@data.example.org/1.csv', 'has a user or a password in it'],
])('%s is no URL of ratings', (text, said) => {
  expect(() => httpsUrl(text, 'input-invalid')).toThrow(said);
  expect(() => httpsUrl(text, 'input-invalid')).not.toThrow('s3cret');
});
