/** The initial load of a new pipeline: which data, cut how, and never two data sets in one store. */
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { ConfigInput } from '../../../pipeline/config.ts';
import { writeMovies, writeRatings } from '../../../pipeline/source/write-ratings.ts';
import { bootstrapData } from '../../../pipeline/stages/ingest/bootstrap.ts';
import { takeBatches } from '../../../pipeline/stages/ingest/take-batches.ts';
import { parseConfig } from '../../../pipeline/stages/load-config.ts';
import { listBatches } from '../../../pipeline/store/ledger.ts';
import { migrate } from '../../../pipeline/store/migrate.ts';
import { readStoredMovies } from '../../../pipeline/store/read-movies.ts';
import { readStoredRatings } from '../../../pipeline/store/read-ratings.ts';
import { zipArchive } from '../../source/zip-archive.ts';
import { bootstrap, openTestPipeline, quietWeeks, type TestPipeline } from '../../support/pipeline.ts';

let opened: TestPipeline;
let pipeline: TestPipeline;
let dataDirectory: string;

beforeAll(async () => {
  opened = await openTestPipeline();
  dataDirectory = join(opened.home, 'data');
});
beforeEach(async () => {
  await opened.store.sql.unsafe('drop schema public cascade; create schema public');
  await migrate(opened.store);
  for (const name of ['data', 'forge']) await rm(join(opened.home, name), { recursive: true, force: true });
});
afterAll(() => opened.close());

function configure(...batches: NonNullable<ConfigInput['batches']>): void {
  pipeline = { ...opened, config: parseConfig({ batches }, 'the test') };
}
const load = (dataset: string, datasetsUrl?: string) =>
  bootstrapData(pipeline, { dataset, dataDirectory, datasetsUrl });

test('a configured simulation gives its initial part; its weeks follow, and every rating comes once', async () => {
  configure({ kind: 'simulation', weeks: 2 });
  const outcome = await load('configured');
  expect(outcome).toMatchObject({ status: 'loaded', champion: null });
  expect(outcome.dataset).toBe('synthetic, the initial part of a simulation in 2 weeks');
  expect(outcome.ingested).toMatchObject([
    { source: 'synthetic-2-1/train.parquet', role: 'train', status: 'ingested', rejected: 0 },
    { source: 'synthetic-2-1/test.parquet', role: 'holdout', status: 'ingested', rejected: 0 },
  ]);
  const [train, holdout] = outcome.ingested.map(({ read }) => read) as [number, number];
  expect(train / (train + holdout)).toBeCloseTo(0.7, 2);
  expect(await readStoredMovies(pipeline.store)).not.toEqual([]);

  expect((await load('synthetic')).ingested.map(({ status, new: fresh }) => [status, fresh])).toEqual([
    ['already-ingested', 0],
    ['already-ingested', 0],
  ]);
  for (let run = 1; run <= 2; run++) {
    const [week] = (await takeBatches(pipeline, { dataDirectory })).taken;
    expect(week).toMatchObject({ source: `synthetic-2-1/week-0${run}.parquet`, new: week?.read });
  }
});

test('a file is loaded whole, the newest 30% as holdout, with its movies', async () => {
  configure({ kind: 'feedback' });
  const { prepared, movies } = quietWeeks();
  const path = await opened.write('mine.csv', prepared.train);
  await writeMovies(join(opened.home, 'movies.csv'), movies);
  const { ingested, dataset } = await load(path);
  expect(dataset).toMatch(/^mine\.csv-[0-9a-f]{12}, whole$/);
  expect(ingested.map(({ role }) => role)).toEqual(['train', 'holdout']);
  const [train, holdout] = await Promise.all(
    ingested.map(({ batch }) => readStoredRatings(pipeline.store, { batchIds: [batch] })),
  );
  expect((train?.length ?? 0) + (holdout?.length ?? 0)).toBe(prepared.train.length);
  expect(Math.max(...(train?.ratedAt ?? []))).toBeLessThan(Math.min(...(holdout?.ratedAt ?? [])));
  expect(await readStoredMovies(pipeline.store)).toHaveLength(movies.length);
});

/** GroupLens, with one small archive. */
async function groupLens(): Promise<string> {
  const rows = Array.from({ length: 100 }, (_, i) => `${1 + (i % 10)},${1 + i},4.0,${1_500_000_000 + i}`);
  const archive = zipArchive({
    'ml-latest-small/ratings.csv': `userId,movieId,rating,timestamp\n${rows.join('\n')}\n`,
    'ml-latest-small/movies.csv': 'movieId,title,genres\n1,Toy Story (1995),Comedy\n',
  });
  const md5 = createHash('md5').update(archive).digest('hex');
  const server = createServer((request, response) => {
    response.end(request.url?.endsWith('.md5') ? md5 : archive);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('MovieLens is downloaded and loaded whole, or cut into weeks where it is the simulation', async () => {
  const datasetsUrl = await groupLens();
  configure({ kind: 'feedback' });
  expect((await load('ml-latest-small', datasetsUrl)).ingested.map(({ read }) => read)).toEqual([70, 30]);

  await opened.store.sql.unsafe('drop schema public cascade; create schema public');
  await migrate(opened.store);
  configure({ kind: 'simulation', dataset: 'ml-latest-small', weeks: 2 });
  expect((await load('ml-latest-small', datasetsUrl)).ingested.map(({ read }) => read)).toEqual([49, 21]);
  const { taken } = await takeBatches(pipeline, { dataDirectory, datasetsUrl });
  expect(taken).toMatchObject([{ source: 'ml-latest-small-2-1/week-01.parquet', read: 15, new: 15 }]);
});

test('with a champion nothing is ingested', async () => {
  configure({ kind: 'simulation' });
  await bootstrap({ ...opened, config: opened.config }, quietWeeks());
  const before = await listBatches(pipeline.store);
  expect(await load('configured')).toMatchObject({ status: 'champion-exists', champion: 1, ingested: [] });
  expect(await listBatches(pipeline.store)).toEqual(before);
});

test.each([
  ['ml-25m', 'both use the same ids'],
  ['some/file.csv', 'both use the same ids'],
])('%s is not loaded beside a simulation of another data set', async (dataset, said) => {
  configure({ kind: 'simulation' });
  await expect(load(dataset)).rejects.toMatchObject({
    code: 'input-invalid',
    message: expect.stringContaining(said),
  });
});

test.each([
  ['configured', 'No simulation is configured'],
  ['ml-1b', 'There is no data set or file "ml-1b"'],
  ['', 'There is no data set or file ""'],
])('"%s" is no data set here, and those that are get named', async (dataset, said) => {
  configure({ kind: 'folder' });
  await expect(load(dataset)).rejects.toMatchObject({
    code: 'input-invalid',
    message: expect.stringContaining(said),
    remedy:
      'Choose one of synthetic, ml-latest-small, ml-100k, ml-1m, ml-10m, ml-20m, ml-25m, ml-32m, or a file or folder of ratings.',
  });
});

test('a second data set is refused while the store holds the first', async () => {
  configure({ kind: 'feedback' });
  const { prepared } = quietWeeks();
  await load(await opened.write('one.csv', prepared.train));
  const other = await opened.write('two.csv', prepared.test);
  await expect(load(other)).rejects.toMatchObject({ code: 'state-conflict' });
  expect(await listBatches(pipeline.store)).toHaveLength(2);
});

test('a file with too many damaged rows is refused, and nothing of it is stored', async () => {
  configure({ kind: 'feedback' });
  const { prepared } = quietWeeks();
  const path = join(opened.home, 'damaged.csv');
  const userIds = prepared.test.userIds.map((user, row) => (row % 10 === 0 ? -1 : user));
  await writeRatings(path, { ...prepared.test, userIds });
  await expect(load(path)).rejects.toMatchObject({
    code: 'batch-rejected',
    message: expect.stringContaining('First: row 2: user-id-invalid'),
  });
  expect(await listBatches(pipeline.store)).toEqual([]);
});
