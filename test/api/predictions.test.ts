import { expect, test } from 'vitest';
import { firstDifference } from '../../pipeline/model/golden.ts';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import { servingOf } from '../support/serving.ts';
import { NEWCOMER, smallWorld, UNKNOWN_MOVIE, UNKNOWN_USER } from '../support/small-world.ts';
import { good, startApi } from './start-api.ts';

const world = await smallWorld();
const serving = openServing(servingOf(world).files, 'model v3');
const { model, bundle } = serving;
const api = startApi({ serving });
const PREDICT = '/api/v1/predictions';
const one = (user: number, movie: number) => good(api.get(`${PREDICT}?user=${user}&movie=${movie}`));
const many = (pairs: readonly object[]) => good(api.post(PREDICT, { pairs }));

test('predictions are those of the model, to a millionth of a star', async () => {
  for (const user of [...model.users.ids.subarray(0, 5), UNKNOWN_USER]) {
    const pairs = [...model.movies.ids, UNKNOWN_MOVIE].map((movie) => ({ user, movie }));
    const { predictions, modelVersion } = await many(pairs);
    expect(modelVersion).toBe(3);
    for (const [at, { movie }] of pairs.entries()) {
      const { rating, deviation, strategy } = model.predict(user, movie);
      expect(predictions[at]).toMatchObject({ user, movie, strategy });
      expect(Math.abs(predictions[at].rating - rating)).toBeLessThanOrEqual(1e-6);
      expect(predictions[at].deviation ?? 0).toBeCloseTo(deviation ?? 0, 6);
    }
  }
});

test('the golden predictions of the bundle are answered, one by one and together', async () => {
  const together = await many(bundle.golden.map(({ user, movie }) => ({ user, movie })));
  const ratings = together.predictions.map(({ rating }: { rating: number }) => rating);
  expect(bundle.golden.length).toBeGreaterThanOrEqual(20);
  expect(firstDifference(bundle.golden, ratings)).toBeNull();
  for (const [at, { user, movie }] of bundle.golden.entries()) {
    expect(await one(Number(user), Number(movie))).toEqual({ ...together.predictions[at], modelVersion: 3 });
  }
});

test('many predictions come in the order they were asked for, repeats among them', async () => {
  const pairs = [
    { user: 13, movie: 77 },
    { user: 10, movie: 7 },
    { user: UNKNOWN_USER, movie: 7 },
    { user: 13, movie: 7 },
    { user: 10, movie: 7 },
  ];
  const { predictions } = await many(pairs);
  expect(predictions.map(({ user, movie }: (typeof pairs)[number]) => ({ user, movie }))).toEqual(pairs);
  expect(predictions[4]).toEqual(predictions[1]);
});

test('a thousand pairs are answered, one more is refused with the limit', async () => {
  const pairs = Array.from({ length: 1001 }, (_, at) => ({ user: 10 + 3 * (at % 60), movie: 7 }));
  expect((await many(pairs.slice(1))).predictions).toHaveLength(1000);
  const response = await api.post(PREDICT, { pairs });
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({
    code: 'invalid-request',
    errors: [{ at: 'pairs', message: 'must have at most 1,000 items' }],
  });
});

test('the strategy says what a prediction is made of', async () => {
  expect((await one(10, 7)).strategy).toBe('personalised');
  expect((await one(NEWCOMER, 7)).strategy).toBe('folded-in');
  expect((await one(UNKNOWN_USER, 7)).strategy).toBe('movie-mean');
  expect((await one(10, UNKNOWN_MOVIE)).strategy).toBe('user-mean');
  expect((await one(UNKNOWN_USER, UNKNOWN_MOVIE)).strategy).toBe('global-mean');
});

test('a user who came after the training is predicted for by what they have rated', async () => {
  const person = model.foldIn(serving.seen?.ratingsOf(NEWCOMER) ?? []);
  const { predictions } = await many([...model.movies.ids].map((movie) => ({ user: NEWCOMER, movie })));
  for (const { movie, rating } of predictions) expect(rating).toBeCloseTo(person.predict(movie).rating, 6);
});

test('an interval holds four of five ratings of a normal distribution, and stays on the scale', async () => {
  // The 90th percentile of the standard normal distribution: 1.281552 (NIST).
  const { predictions } = await many([...model.movies.ids].map((movie) => ({ user: 10, movie })));
  for (const { rating, deviation, interval } of predictions) {
    expect(interval[0]).toBeCloseTo(Math.max(0.5, rating - 1.281552 * deviation), 5);
    expect(interval[1]).toBeCloseTo(Math.min(5, rating + 1.281552 * deviation), 5);
  }
});

test('a model that cannot say how sure it is gives neither deviation nor interval', async () => {
  const plain = await smallWorld('bias');
  const body = await good(startApi({ serving: servingOf(plain) }).get(`${PREDICT}?user=10&movie=7`));
  expect(body).toMatchObject({ deviation: null, interval: null });
});
