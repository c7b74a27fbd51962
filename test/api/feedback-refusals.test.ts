/** What is refused of the ratings that people send, and how that is told. */
import { expect, test } from 'vitest';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import type { FeedbackRequest } from '../../pipeline/store/accept-feedback.ts';
import { smallServing, UNKNOWN_MOVIE } from '../support/small-world.ts';
import { memoryDatabase } from './memory-database.ts';
import { errorsOf, refusal } from './refusal.ts';
import { startApi } from './start-api.ts';

const serving = openServing((await smallServing()).files, 'model v3');
const database = memoryDatabase();
database.addKey('cm_x');
const api = startApi({ serving, database });
const keyed = (key = 'a-request') => ({ authorization: 'Bearer cm_x', 'idempotency-key': key });
const give = (ratings: readonly object[], headers: Readonly<Record<string, string>> = keyed()) =>
  api.post('/api/v1/ratings', { ratings }, headers);
const rating = { user: 10, movie: 7, stars: 4 };

test('ratings of movies nobody knows are refused by name, and nothing is stored', async () => {
  const ratings = [rating, { ...rating, movie: UNKNOWN_MOVIE }];
  expect(await refusal(give(ratings))).toMatchObject({
    status: 404,
    detail: `ratings.1.movie: movie ${UNKNOWN_MOVIE} is unknown. Nothing was stored.`,
    errors: [{ at: 'ratings.1.movie', message: `movie ${UNKNOWN_MOVIE} is unknown` }],
  });
  expect((await database.ratingsOf([10], () => [])).get(10)).not.toContainEqual({ movieId: 7, stars: 4 });
});

test('ratings of before 1970 are refused, and those ahead of the clock are of now', async () => {
  // The service's clock stands at 2026-03-04T12:00:00Z.
  for (const ratedAt of [
    ...['1969-12-31T23:59:59Z', 'yesterday', '2026-02-30T10:00:00Z', '2026-03-04', '2026-03-04T12:00Z'],
    1_772_000_000,
  ]) {
    expect(await refusal(give([{ ...rating, ratedAt }]))).toMatchObject({
      status: 422,
      errors: [{ at: 'ratings.0.ratedAt' }],
    });
  }
  const asked: FeedbackRequest[] = [];
  const watched = startApi({
    serving,
    database: {
      ...database,
      accept: (request) => {
        asked.push(request);
        return database.accept(request);
      },
    },
  });
  const times = {
    '2026-03-04T12:05:00Z': Date.UTC(2026, 2, 4, 12, 5) / 1000,
    '2026-03-04T13:00:00+01:00': Date.UTC(2026, 2, 4, 12) / 1000,
    '1970-01-01T00:00:00Z': 0,
    '1970-01-01T00:00:00+14:00': 0,
    '2026-03-04T12:05:01Z': undefined,
    '2999-01-01T00:00:00Z': undefined,
  };
  for (const ratedAt of Object.keys(times)) {
    const sent = { ratings: [{ ...rating, ratedAt }] };
    expect((await watched.post('/api/v1/ratings', sent, keyed(ratedAt))).status).toBe(202);
  }
  expect(asked.map(({ ratings }) => ratings[0]?.ratedAt)).toEqual(Object.values(times));
});

test('stars that are none are refused', async () => {
  for (const stars of [0, 0.4, 5.5, 3.7, '4', null]) {
    const errors = await errorsOf(give([{ ...rating, stars }]));
    expect(new Set(errors?.map(({ at }) => at))).toEqual(new Set(['ratings.0.stars']));
  }
});

test('a thousand ratings are taken at once and one more is not', async () => {
  const ratings = Array.from({ length: 1001 }, (_, at) => ({ ...rating, user: 20_000 + at }));
  expect(await errorsOf(give(ratings))).toEqual([
    { at: 'ratings', message: 'must have at most 1,000 items' },
  ]);
  const fresh = memoryDatabase();
  fresh.addKey('cm_x');
  const response = await startApi({ serving, database: fresh }).post(
    '/api/v1/ratings',
    { ratings: ratings.slice(1) },
    keyed(),
  );
  expect(await response.json()).toMatchObject({ recorded: 1000, repeated: false });
});

test('without a key nothing is read of the body, and the answer says how to get one', async () => {
  for (const authorization of [undefined, 'cm_x', 'Basic cm_x', 'Bearer', 'Bearer ', 'Bearer cm_x cm_y']) {
    const headers = { 'idempotency-key': 'a', ...(authorization === undefined ? {} : { authorization }) };
    const response = await api.post('/api/v1/ratings', '{', headers);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await response.json()).toMatchObject({
      status: 401,
      code: 'unauthorised',
      detail: expect.stringContaining('cinematch keys create'),
    });
  }
  expect(await refusal(give([rating], { ...keyed(), authorization: 'Bearer cm_other' }))).toMatchObject({
    status: 401,
    detail: expect.stringContaining('The API key is unknown or revoked'),
  });
});

test('a request without a name of its own is refused with how to choose one', async () => {
  const { 'idempotency-key': _, ...unnamed } = keyed();
  expect(await errorsOf(give([rating], unnamed))).toMatchObject([{ at: 'idempotency-key' }]);
  for (const name of ['', 'a b', 'x'.repeat(256), 'é']) {
    expect(await errorsOf(give([rating], keyed(name)))).toEqual([
      { at: 'idempotency-key', message: expect.stringContaining('1 to 255 visible characters') },
    ]);
  }
  expect((await give([rating], keyed('x'.repeat(255)))).status).toBe(202);
});
