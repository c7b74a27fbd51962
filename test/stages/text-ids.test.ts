/** Ids of texts from the file to the API, and back: UUIDs for users, slugs for movies. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../api/database.ts';
import { WINDOW_MS } from '../../api/target-users.ts';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import { writeMovies, writeRatings } from '../../pipeline/source/write-ratings.ts';
import { loadReleasedPackage } from '../../pipeline/stages/champion/released-package.ts';
import { feedbackBatch } from '../../pipeline/stages/ingest/feedback-batch.ts';
import { ingestRatings } from '../../pipeline/stages/ingest/ingest-ratings.ts';
import { movieTitles } from '../../pipeline/stages/movie-titles.ts';
import { assembleServing } from '../../pipeline/stages/release/assemble-serving.ts';
import { publishModel } from '../../pipeline/stages/release/publish-model.ts';
import { trainModel } from '../../pipeline/stages/training/train-model.ts';
import { apiKeyOf, createApiKey } from '../../pipeline/store/api-keys.ts';
import { readIdKind, readIdsOf, readNames } from '../../pipeline/store/id-names.ts';
import { readStoredRatings } from '../../pipeline/store/read-ratings.ts';
import { good, startApi, type TestApi } from '../api/start-api.ts';
import { openTestPipeline, quietWeeks, type TestPipeline } from '../support/pipeline.ts';

const { prepared, movies } = quietWeeks();
const uuidOf = (id: number): string => {
  const hex = createHash('sha256').update(`user ${id}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};
const slugOf = (id: number): string => `film-${id.toString(36)}-é`;
const NAMES = { userName: uuidOf, movieName: slugOf };
const KEY = apiKeyOf(new Uint8Array(32).fill(9));

let pipeline: TestPipeline;
let api: TestApi;
beforeAll(async () => {
  pipeline = await openTestPipeline();
  const path = (name: string): string => join(pipeline.home, name);
  await writeMovies(path('movies.csv'), movies, NAMES);
  await writeRatings(path('train.csv'), prepared.train, { ids: NAMES });
  await writeRatings(path('test.parquet'), prepared.test, { ids: NAMES });
  await ingestRatings(pipeline, path('train.csv'), 'train');
  await ingestRatings(pipeline, path('test.parquet'), 'holdout');
  await publishModel(pipeline, await trainModel(pipeline, 'manual'));
  await createApiKey(pipeline.store, { name: 'app', key: KEY }, pipeline.clock());
  const { files } = await assembleServing(pipeline, await loadReleasedPackage(pipeline));
  const database = openDatabase({
    use: (work) => work(pipeline.store),
    clock: pipeline.clock,
    onFailure: (error) => {
      throw error;
    },
    limits: { readMs: 60_000, writeMs: 60_000, rememberMs: 60_000 },
  });
  api = startApi({ isKeyed: true, serving: openServing(files, 'the bundle'), database });
});
afterAll(() => pipeline.close());

const aUser = prepared.train.userIds[0] as number;
const aMovie = prepared.train.movieIds[0] as number;

test('every rating is stored under the ids of its names, from text and from Parquet', async () => {
  expect(await readIdKind(pipeline.store.sql)).toBe('text');
  const users = await readNames(pipeline.store.sql, 'user');
  const titles = await readNames(pipeline.store.sql, 'movie');
  const stored = await readStoredRatings(pipeline.store);
  const rows = Array.from(
    { length: stored.length },
    (_, row) =>
      `${users.get(stored.userIds[row] as number)} ${titles.get(stored.movieIds[row] as number)} ${stored.halves[row]} ${stored.ratedAt[row]}`,
  );
  const given = [prepared.train, prepared.test].flatMap((part) =>
    Array.from(
      { length: part.length },
      (_, row) =>
        `${uuidOf(part.userIds[row] as number)} ${slugOf(part.movieIds[row] as number)} ${part.halves[row]} ${part.ratedAt[row]}`,
    ),
  );
  expect(rows.sort()).toEqual(given.sort());
  expect((await movieTitles(pipeline.store))(-5)).toBe('movie -5');
});

test('the API speaks the names of the site', async () => {
  const user = uuidOf(aUser);
  const list = await good(api.get(`/api/v1/recommendations?user=${user}&k=5&explain=true`));
  expect(list).toMatchObject({ user, strategy: expect.stringMatching(/personalised|folded-in/) });
  for (const { movie, because } of list.recommendations) {
    expect(movie).toMatch(/^film-/);
    for (const reason of because) expect(reason.movie).toMatch(/^film-/);
  }
  const slug = slugOf(aMovie);
  expect(
    await good(api.get(`/api/v1/predictions?user=${user}&movie=${encodeURIComponent(slug)}`)),
  ).toMatchObject({
    user,
    movie: slug,
    strategy: expect.stringMatching(/personalised|folded-in/),
  });
  const title = movies.find(({ id }) => id === aMovie)?.title;
  expect(await good(api.get(`/api/v1/movies/${encodeURIComponent(slug)}`))).toMatchObject({
    movie: slug,
    title,
  });
  const alike = await good(api.get(`/api/v1/similar?movies=${encodeURIComponent(slug)}&k=2`));
  for (const { movie } of alike.similar) expect(movie).toMatch(/^film-/);
  const stranger = await good(api.get('/api/v1/recommendations?user=nobody&k=2'));
  expect(stranger).toMatchObject({ user: 'nobody', strategy: 'popular', excluded: 0 });
  const unknown = await api.get('/api/v1/movies/nothing');
  const problem = (await unknown.json()) as { detail: string };
  expect([unknown.status, problem.detail]).toEqual([404, expect.stringContaining('Movie nothing')]);
  const folded = await good(
    api.post('/api/v1/recommendations', { ratings: [{ movie: slug, stars: 5 }], k: 1 }),
  );
  expect(folded).toMatchObject({ user: null, excluded: 1 });
});

test('the document says that ids are texts, and has examples that exist', async () => {
  const document = await good(api.get('/api/openapi.json'));
  expect(document.components.schemas.Movie.properties.movie).toMatchObject({
    type: 'string',
    maxLength: 255,
  });
  const [parameter] = document.paths['/api/v1/movies/{id}'].get.parameters;
  expect(parameter.schema.type).toBe('string');
  await good(api.get(`/api/v1/movies/${encodeURIComponent(parameter.schema.example)}`));
  const refused = await api.get(`/api/v1/recommendations?user=${'x'.repeat(256)}`);
  expect(refused.status).toBe(422);
});

test('the golden predictions of the bundle are computed for its names', async () => {
  const { files } = await assembleServing(pipeline, await loadReleasedPackage(pipeline));
  const { golden } = openServing(files, 'the bundle').bundle;
  const { ratings } = await good(api.get('/api/v1/model/golden'));
  expect(ratings).toHaveLength(golden.length);
  ratings.forEach((rating: number, at: number) => {
    expect(rating).toBeCloseTo(golden[at]?.rating as number, 5);
  });
});

test('feedback of a new user gets a name in the database, counts at once, and comes back as a batch', async () => {
  const user = 'new user · ada@example.org';
  const movie = slugOf(aMovie);
  const headers = { authorization: `Bearer ${KEY}`, 'idempotency-key': 'one' };
  const ratings = [{ user, movie, stars: 4.5, ratedAt: '2026-03-01T00:00:00Z' }];
  const sent = await good(api.post('/api/v1/ratings', { ratings }, headers));
  expect(sent).toMatchObject({ recorded: 1, repeated: false });
  expect(await good(api.post('/api/v1/ratings', { ratings }, headers))).toMatchObject({ repeated: true });
  expect(await good(api.get(`/api/v1/recommendations?user=${encodeURIComponent(user)}&k=3`))).toMatchObject({
    user,
    strategy: 'folded-in',
    excluded: 1,
  });
  const [id] = await readIdsOf(pipeline.store.sql, 'user', [user]);
  const { batches } = await feedbackBatch(pipeline, join(pipeline.home, 'incoming'));
  const { path } = await (batches[0] as (typeof batches)[number]).fetch();
  const result = await ingestRatings(pipeline, path, 'buffer', 'feedback');
  expect(result).toMatchObject({ new: 1, rejected: 0 });
  const stored = await readStoredRatings(pipeline.store, { userIds: Int32Array.of(id as number) });
  expect([...stored.halves]).toEqual([9]);
});

test('interactions of known and new users go by name, and a list that is remembered names a user', async () => {
  const authorization = `Bearer ${KEY}`;
  const moviesFor = async (user: string, query = 'k=100'): Promise<string[]> => {
    const address = `/api/v1/recommendations?user=${encodeURIComponent(user)}&${query}`;
    const { recommendations } = await good(api.get(address, { authorization }));
    return recommendations.map(({ movie }: { movie: string }) => movie);
  };
  const later = () => api.setTime(new Date(api.now().getTime() + WINDOW_MS).toISOString());
  for (const user of [uuidOf(aUser), 'Grace · grace@example.org']) {
    const [hidden, watched, shown] = (await moviesFor(user)) as [string, string, string];
    const events = [
      { user, movie: hidden, kind: 'hidden' },
      { user, movie: watched, kind: 'watched' },
      { user, movie: shown, kind: 'shown', count: 100 },
    ];
    const headers = { authorization, 'idempotency-key': user.slice(0, 5) };
    expect(await good(api.post('/api/v1/feedback', { events }, headers))).toMatchObject({ recorded: 3 });
    const after = await moviesFor(user);
    expect([after.includes(hidden), after.includes(watched)]).toEqual([false, false]);
    expect(after.slice(0, 5)).not.toContain(shown);
    const query = `user=${encodeURIComponent(user)}&movie=${encodeURIComponent(hidden)}`;
    const taken = api.app.request(`/api/v1/feedback?${query}`, {
      method: 'DELETE',
      headers: { authorization },
    });
    expect(await good(Promise.resolve(taken))).toEqual({ withdrawn: 1, ingested: false });
    expect(await moviesFor(user)).toContain(hidden);
  }
  const [first] = await moviesFor('first seen in a list', 'k=5&remember=true');
  later();
  const next = await moviesFor('first seen in a list');
  expect(next).not.toEqual([first, ...next.slice(1)]);
});

test('a batch of numbers is refused, and so is another configuration', async () => {
  const config = { ...pipeline.config, source: { ...pipeline.config.source, ids: 'numbers' as const } };
  const path = join(pipeline.home, 'test.parquet');
  await writeRatings(join(pipeline.home, 'week.csv'), prepared.batches[0] as typeof prepared.test);
  await expect(
    ingestRatings({ ...pipeline, config }, join(pipeline.home, 'week.csv'), 'buffer'),
  ).rejects.toMatchObject({ code: 'state-conflict' });
  expect(await ingestRatings(pipeline, path, 'buffer')).toMatchObject({ status: 'already-ingested' });
});
