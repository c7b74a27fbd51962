/** Every run takes whatever the ledger lacks from the configured sources, once, oldest first. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ConfigInput } from '../../../pipeline/config.ts';
import type { Forge } from '../../../pipeline/forge/forge.ts';
import { type TakeOptions, takeBatches } from '../../../pipeline/stages/ingest/take-batches.ts';
import { parseConfig } from '../../../pipeline/stages/load-config.ts';
import { listBatches } from '../../../pipeline/store/ledger.ts';
import { migrate } from '../../../pipeline/store/migrate.ts';
import { readStoredMovies } from '../../../pipeline/store/read-movies.ts';
import { openTestPipeline, type TestPipeline } from '../../support/pipeline.ts';
import { websiteWith } from '../../support/website.ts';

let opened: TestPipeline;
let pipeline: TestPipeline;

beforeAll(async () => {
  opened = await openTestPipeline();
});
beforeEach(async () => {
  await opened.store.sql.unsafe('drop schema public cascade; create schema public');
  await migrate(opened.store);
  for (const name of ['arrivals', 'data', 'forge']) {
    await rm(join(opened.home, name), { recursive: true, force: true });
  }
});
afterAll(() => opened.close());

function configure(...batches: NonNullable<ConfigInput['batches']>): void {
  pipeline = { ...opened, config: parseConfig({ batches }, 'the test') };
}

/** A batch of ten ratings that no other number gives. */
function csv(number: number): string {
  const rows = Array.from({ length: 10 }, (_, i) => `${number},${i + 1},4.0,${1_700_000_000 + number}`);
  return `userId,movieId,rating,timestamp\n${rows.join('\n')}\n`;
}
const MOVIES = 'movieId,title,genres\n1,Toy Story (1995),Comedy\n';

const take = (options: Partial<TakeOptions> = {}) =>
  takeBatches(pipeline, { dataDirectory: join(opened.home, 'data'), ...options });
const ledger = async (): Promise<readonly string[]> =>
  (await listBatches(pipeline.store)).map(({ source }) => source);

/** A folder of the pipeline's home; the configuration names it by its whole path. */
async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(opened.home, 'arrivals');
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

async function configureFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const path = await folderOf(files);
  configure({ kind: 'folder', path });
  return path;
}

test('a folder gives its files and folders in the order of their numbers, and nothing a second time', async () => {
  const folder = await configureFolder({
    'week-10.csv': csv(10),
    'week-2.csv': csv(2),
    'week-3/ratings.csv': csv(3),
    'README.md': 'About',
    '.hidden.csv': csv(99),
    'movies.csv': MOVIES,
    'notes.txt': 'Not ratings',
  });
  const { taken, sources } = await take();
  expect(taken.map(({ source }) => source)).toEqual(['week-2.csv', 'week-3', 'week-10.csv']);
  for (const each of taken)
    expect(each).toMatchObject({ status: 'ingested', role: 'buffer', read: 10, new: 10 });
  expect(sources).toEqual([
    {
      kind: 'folder',
      description: `folder ${folder}`,
      offered: 3,
      alreadyTaken: 0,
      note: 'ignored, not ratings files: notes.txt',
    },
  ]);
  expect(await readStoredMovies(pipeline.store)).toMatchObject([{ id: 1, title: 'Toy Story' }]);

  const again = await take();
  expect(again.taken).toEqual([]);
  expect(again.sources[0]).toMatchObject({ offered: 3, alreadyTaken: 3 });
});

test('runs that were dropped are caught up by the next one', async () => {
  await configureFolder({ 'week-1.csv': csv(1) });
  await take();
  await folderOf({ 'week-2.csv': csv(2), 'week-3.csv': csv(3) });
  expect((await take()).taken.map(({ source }) => source)).toEqual(['week-2.csv', 'week-3.csv']);
});

test('a folder that is not there is an empty one', async () => {
  configure({ kind: 'folder', path: 'no/such/folder' });
  expect(await take()).toMatchObject({
    taken: [],
    sources: [{ offered: 0, note: 'the folder no/such/folder does not exist' }],
  });
});

test.each([
  ['batch-rejected', csv(2).replaceAll(',4.0,', ',9.7,')],
  ['source-unknown-layout', 'user;rated;when\n'],
] as const)('%s stops the run; what was taken before it stays and is named', async (code, damaged) => {
  await configureFolder({ 'week-1.csv': csv(1), 'week-2.csv': damaged, 'week-3.csv': csv(3) });
  const stopped = await take().catch((error: unknown) => error);
  expect(stopped).toMatchObject({ code });
  expect(String(stopped)).toContain('week-2.csv');
  expect(String(stopped)).toContain('These batches were ingested before: week-1.csv (batch 1).');
  expect(await ledger()).toEqual(['week-1.csv']);

  await folderOf({ 'week-2.csv': csv(2) });
  await take();
  expect(await ledger()).toEqual(['week-1.csv', 'week-2.csv', 'week-3.csv']);
});

async function release(tag: string, files: Readonly<Record<string, string>>): Promise<void> {
  const { releases } = pipeline.forge;
  await releases.draft({ tag, title: tag, body: 'Ratings' });
  for (const [name, text] of Object.entries(files)) await releases.upload(tag, name, Buffer.from(text));
}

/** Writes down what is downloaded. */
function watched(forge: Forge, downloaded: string[]): Forge {
  const download: Forge['releases']['download'] = (tag, name) => {
    downloaded.push(`${tag}/${name}`);
    return forge.releases.download(tag, name);
  };
  return { ...forge, releases: { ...forge.releases, download } };
}

test('published data releases give their assets by tag and name; nothing known is downloaded', async () => {
  configure({ kind: 'releases' });
  await release('data-10', { 'b.csv': csv(4), 'a.csv': csv(3) });
  await release('data-9', { 'ratings.csv': csv(1), 'movies.csv': MOVIES, 'links.csv': 'movieId,imdbId\n' });
  await release('data-11', { 'later.csv': csv(5) });
  await release('notes-1', { 'other.csv': csv(6) });
  for (const tag of ['data-10', 'data-9', 'notes-1']) await pipeline.forge.releases.publish(tag);
  const downloaded: string[] = [];
  pipeline = { ...pipeline, forge: watched(pipeline.forge, downloaded) };

  const { taken, sources } = await take();
  expect(taken.map(({ source }) => source)).toEqual([
    expect.stringMatching(/^data-9\/ratings\.csv@[0-9a-f]{12}$/),
    'data-10/a.csv',
    'data-10/b.csv',
  ]);
  expect(sources[0]?.note).toBe('ignored, not published: 1 draft');
  expect(await readStoredMovies(pipeline.store)).toMatchObject([{ id: 1, title: 'Toy Story' }]);
  expect(downloaded).toEqual([
    ...['data-9/ratings.csv', 'data-9/movies.csv', 'data-9/links.csv'],
    ...['data-10/a.csv', 'data-10/b.csv'],
  ]);
  expect(await readdir(join(pipeline.home, 'data'))).toEqual([]);

  await pipeline.forge.releases.publish('data-11');
  expect((await take()).taken.map(({ source }) => source)).toEqual(['data-11/later.csv']);
  expect(downloaded).toHaveLength(6);
});

test('an asset that arrives cut short is refused, and nothing of it is stored', async () => {
  configure({ kind: 'releases' });
  await release('data-1', { 'ratings.csv': csv(1) });
  await pipeline.forge.releases.publish('data-1');
  const { forge } = pipeline;
  const download: Forge['releases']['download'] = async (tag, name) =>
    (await forge.releases.download(tag, name)).subarray(0, 60);
  pipeline = { ...pipeline, forge: { ...forge, releases: { ...forge.releases, download } } };
  await expect(take()).rejects.toMatchObject({ code: 'download-failed' });
  expect(await ledger()).toEqual([]);
});

test('a batch given by hand is taken alone, and said to be known the second time', async () => {
  const folder = await configureFolder({ 'week-1.csv': csv(1), 'week-2.csv': csv(2) });
  const path = join(folder, 'week-2.csv');
  const { taken, sources } = await take({ only: path });
  expect(taken).toMatchObject([{ source: 'week-2.csv', status: 'ingested', role: 'buffer' }]);
  expect(sources).toMatchObject([{ kind: 'manual', description: path, offered: 1 }]);
  expect((await take({ only: path })).taken).toMatchObject([
    { status: 'already-ingested', new: 0, unchanged: 10 },
  ]);
  await expect(take({ only: join(folder, 'week-7.csv') })).rejects.toMatchObject({
    code: 'source-unreadable',
  });
});

test('numbered addresses are taken to their end, and from there on by the next run', async () => {
  configure({ kind: 'url', template: 'https://data.example.org/{n}/ratings.csv' });
  const website = await websiteWith({
    '/1/ratings.csv': { body: csv(1) },
    '/2/ratings.csv': { body: csv(2) },
  });
  const names = async (): Promise<readonly string[]> =>
    (await take({ fetch: website.fetch })).taken.map(({ source }) => source);
  expect(await names()).toEqual([
    'https://data.example.org/1/ratings.csv',
    'https://data.example.org/2/ratings.csv',
  ]);
  website.answers['/3/ratings.csv'] = { body: csv(3) };
  expect(await names()).toEqual(['https://data.example.org/3/ratings.csv']);
  expect(website.requests.filter((request) => request.startsWith('GET'))).toHaveLength(3);

  const only = 'https://data.example.org/4/ratings.csv';
  website.answers['/4/ratings.csv'] = { body: csv(4) };
  expect((await take({ fetch: website.fetch, only })).taken).toMatchObject([{ source: only, new: 10 }]);
});

test('an address with a password is refused and not repeated', async () => {
  const template = 'https://me:s3cret@data.example.org/{n}.csv';
  expect(() => configure({ kind: 'url', template })).toThrow(/template/);
  const batches = [{ kind: 'url', template, scale: null }] as const;
  pipeline = { ...pipeline, config: { ...pipeline.config, batches } };
  const error = await take().catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'config-invalid' });
  expect(String(error)).not.toContain('s3cret');
});

test('a batch that two sources offer is taken from the first', async () => {
  const path = await folderOf({ 'week-1.csv': csv(1) });
  configure({ kind: 'folder', path }, { kind: 'folder', path }, { kind: 'feedback' });
  const { taken, sources } = await take();
  expect(taken.map(({ source }) => source)).toEqual(['week-1.csv']);
  expect(sources.map(({ offered, alreadyTaken }) => [offered, alreadyTaken])).toEqual([
    [1, 0],
    [1, 1],
    [0, 0],
  ]);
});

test('a simulation gives a run that is repeated no second week', async () => {
  configure({ kind: 'simulation' });
  const since = pipeline.clock();
  expect((await take({ since })).taken).toHaveLength(1);
  const again = await take({ since });
  expect(again.taken).toEqual([]);
  expect(again.sources[0]?.note).toContain('the next run ingests the next week');
  expect((await take({ since: new Date(since.getTime() + 1000) })).taken).toHaveLength(1);
});

test('a simulation gives one week a run, and says when all were fed', async () => {
  configure({ kind: 'simulation' });
  const data = join(pipeline.home, 'data');
  const weeks: unknown[] = [];
  for (let run = 1; run <= 4; run++) {
    const { taken, sources } = await take();
    weeks.push([taken.map(({ source, read }) => [source, read > 19_000]), sources[0]?.note]);
    // Another machine has nothing of what this one prepared.
    if (run >= 2) await rm(data, { recursive: true, force: true });
  }
  expect(weeks).toEqual([
    [[['synthetic-3-1/week-01.parquet', true]], 'week 1 of 3'],
    [[['synthetic-3-1/week-02.parquet', true]], 'week 2 of 3'],
    [[['synthetic-3-1/week-03.parquet', true]], 'week 3 of 3'],
    [[], expect.stringContaining('all 3 weeks were ingested')],
  ]);
});
