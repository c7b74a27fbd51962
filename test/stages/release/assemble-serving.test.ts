/** What the API is served from, put together from a release and the database of a pipeline. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConfigInput } from '../../../pipeline/config.ts';
import type { OpenedPackage } from '../../../pipeline/model/package-folder.ts';
import { concatRatings, type Ratings } from '../../../pipeline/ratings/ratings.ts';
import { openServing, type Serving } from '../../../pipeline/serving/open-serving.ts';
import type { ServingFiles } from '../../../pipeline/serving/serving-files.ts';
import { loadReleasedPackage } from '../../../pipeline/stages/champion/released-package.ts';
import { ingestRatings } from '../../../pipeline/stages/ingest/ingest-ratings.ts';
import { parseConfig } from '../../../pipeline/stages/load-config.ts';
import { assembleServing } from '../../../pipeline/stages/release/assemble-serving.ts';
import { ratingsOf } from '../../ratings/some-ratings.ts';
import { bootstrap, openTestPipeline, quietWeeks, type TestPipeline } from '../../support/pipeline.ts';

const { prepared, movies } = quietWeeks();
/** Of whom no catalogue of movies tells anything. */
const UNTITLED = 900_001;
const NEWCOMER = 800_001;
const late = ratingsOf([
  [NEWCOMER, UNTITLED, 9, 1_767_500_000],
  [NEWCOMER, prepared.train.movieIds[0] as number, 4, 1_767_500_001],
]);
const batch = concatRatings([prepared.batches[0] as Ratings, late]);
const ALL = concatRatings([prepared.train, prepared.test, batch]);

let pipeline: TestPipeline;
let released: OpenedPackage;
beforeAll(async () => {
  pipeline = await openTestPipeline();
  await bootstrap(pipeline, { prepared, movies });
  await ingestRatings(pipeline, await pipeline.write('week-1.csv', batch), 'buffer');
  released = await loadReleasedPackage(pipeline);
});
afterAll(() => pipeline.close());

async function assembled(serve: ConfigInput['serve'] = {}, of = released): Promise<ServingFiles & Serving> {
  const { config } = pipeline;
  const files = await assembleServing(
    { ...pipeline, config: { ...config, serve: parseConfig({ serve }, 'the test').serve } },
    of,
  );
  return { ...openServing(files.files, 'the bundle'), ...files };
}
const bytesOf = ({ files }: ServingFiles, name: string): number => (files.get(name) as Uint8Array).length;

test('a bundle tells what the pipeline did, with its model as the one that serves, and names no user', async () => {
  const history = (await assembled()).history();
  expect(history?.batches.map(({ source, new: rows }) => [source, rows])).toEqual([
    [expect.stringContaining('train'), prepared.train.length],
    [expect.stringContaining('test'), prepared.test.length],
    ['week-1.csv', batch.length],
  ]);
  expect(history?.models).toMatchObject([{ version: 1, status: 'champion', manifest: { parent: null } }]);
  expect(history?.models[0]?.manifest.metrics).toEqual(released.manifest.metrics);
  expect(history?.facts).toMatchObject({ dataset: pipeline.config.dataset, repository: null, issue: null });
  expect(history?.size.ratings.packed).toBe(prepared.train.length + prepared.test.length);
  expect(JSON.stringify(history)).not.toContain(String(NEWCOMER));
});

test('a bundle has the released model, every movie with how its ratings stand, and what everybody rated', async () => {
  const serving = await assembled();
  expect(serving.files.get('model.safetensors')).toEqual(released.files.get('model.safetensors'));
  expect(serving.manifest).toEqual(released.manifest);
  expect(serving.bundle).toMatchObject({
    modelVersion: 1,
    assembledAt: '2026-03-02T06:17:00.000Z',
    precision: 'single',
    movies: null,
    seen: 'bundle',
    ratingsPerHour: 1000,
    userRoutes: 'keyed',
    limits: { perKey: 6_000, perAddress: 600 },
    readOrigins: ['*'],
    writeOrigins: [],
  });
  const { catalogue, seen } = serving;
  let counted = 0;
  for (const [row, id] of catalogue.movies.ids.entries()) {
    const halves = ALL.halves.filter((_, at) => ALL.movieIds[at] === id);
    const sum = halves.reduce((total, half) => total + half, 0);
    expect(catalogue.totalsOf(row)).toEqual({ ratings: halves.length, halves: sum });
    counted += halves.length;
  }
  expect(counted).toBe(ALL.length);
  const user = prepared.test.userIds[0] as number;
  const own = new Map<number, number>();
  for (let at = 0; at < ALL.length; at++) {
    if (ALL.userIds[at] === user) own.set(ALL.movieIds[at] as number, (ALL.halves[at] as number) / 2);
  }
  const told = seen?.ratingsOf(user).map(({ movieId, stars }) => [movieId, stars] as const);
  expect(new Map(told)).toEqual(own);
  expect(serving.status).toMatchObject({
    champion: { version: 1 },
    lastIngest: { new: batch.length },
    lastCheck: null,
    bufferRatings: batch.length,
  });
});

test('movies nobody has rated and movies of no title are in the catalogue, and the former are found', async () => {
  const { catalogue, search, seen } = await assembled();
  const titled = new Set(movies.map(({ id }) => id));
  expect([...catalogue.movies.ids]).toEqual([...titled, UNTITLED].sort((a, b) => a - b));
  const row = catalogue.movies.rowOf(UNTITLED);
  expect([catalogue.titleOf(row), catalogue.yearOf(row), catalogue.genresOf(row)]).toEqual(['', null, []]);
  expect(catalogue.totalsOf(row)).toEqual({ ratings: 1, halves: 9 });
  expect(seen?.ratingsOf(NEWCOMER)).toContainEqual({ movieId: UNTITLED, stars: 4.5 });

  const rated = new Set(ALL.movieIds);
  const unrated = movies.find(({ id }) => !rated.has(id));
  expect(unrated).toBeDefined();
  const at = catalogue.movies.rowOf(unrated?.id as number);
  expect(catalogue.totalsOf(at)).toEqual({ ratings: 0, halves: 0 });
  expect([...search(unrated?.title as string)]).toContain(at);
});

test('half precision makes the model smaller, and its golden predictions are its own', async () => {
  const [whole, half] = [await assembled(), await assembled({ precision: 'half' })];
  expect(bytesOf(half, 'model.safetensors')).toBeLessThan(0.65 * bytesOf(whole, 'model.safetensors'));
  expect(half.bundle.golden.map(({ user, movie }) => [user, movie])).toEqual(
    whole.bundle.golden.map(({ user, movie }) => [user, movie]),
  );
  expect(half.bundle.golden).not.toEqual(whole.bundle.golden);
  for (const [at, { user, movie, rating }] of half.bundle.golden.entries()) {
    expect(half.model.predict(Number(user), Number(movie)).rating).toBe(rating);
    expect(Math.abs(rating - (whole.bundle.golden[at]?.rating as number))).toBeLessThan(0.02);
  }
});

test('a bundle of the popular movies still knows every title, and what is rated beyond them', async () => {
  const serving = await assembled({ movies: 40 });
  expect(serving.model.movies.size).toBe(40);
  expect(serving.catalogue.movies.size).toBe((await assembled()).catalogue.movies.size);
  const kept = Math.min(
    ...Array.from(serving.model.movies.ids, (id) => prepared.train.movieIds.filter((of) => of === id).length),
  );
  expect(kept).toBeGreaterThan(0);
  expect(serving.seen?.ratingsOf(NEWCOMER)).toHaveLength(2);
  for (const { user, movie, rating } of serving.bundle.golden) {
    expect(serving.model.predict(Number(user), Number(movie)).rating).toBe(rating);
  }
});

test('what everybody rated stays in the database where it shall, and the bundle is smaller by it', async () => {
  const [own, database] = [await assembled(), await assembled({ seen: 'database' })];
  expect(database.files.has('seen.bin')).toBe(false);
  expect(database.seen).toBeNull();
  // A byte or two a rating, and a few for each user.
  const users = own.seen?.users.size as number;
  expect(bytesOf(own, 'seen.bin')).toBeGreaterThan(1.5 * ALL.length);
  expect(bytesOf(own, 'seen.bin')).toBeLessThan(2 * ALL.length + 8 * users);
});

test('the same release and database make the same bytes', async () => {
  const [once, again] = [await assembled(), await assembled()];
  expect([...again.files].map(([name, bytes]) => [name, Buffer.from(bytes)])).toEqual(
    [...once.files].map(([name, bytes]) => [name, Buffer.from(bytes)]),
  );
});
