/** Lists for several users in one request, and one list for a group. */
import { expect, test } from 'vitest';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import { servingOf } from '../support/serving.ts';
import { NEWCOMER, smallWorld, UNKNOWN_USER } from '../support/small-world.ts';
import { memoryDatabase } from './memory-database.ts';
import { errorsOf } from './refusal.ts';
import { good, startApi } from './start-api.ts';

const serving = openServing(servingOf(await smallWorld()).files, 'model v3');
const { model, catalogue } = serving;
const api = startApi({ isKeyed: true, serving });
const LISTS = '/api/v1/recommendations/users';
const GROUP = '/api/v1/recommendations/group';
const USERS = [10, 13, NEWCOMER, UNKNOWN_USER];
const ratedBy = (user: number): readonly number[] =>
  serving.seen?.ratingsOf(user).map(({ movieId }) => movieId) ?? [];

interface Listed {
  readonly movie: number;
  readonly rating: number;
  readonly ratings: readonly number[];
}

test('each user gets the list of a request of their own, with the same options', async () => {
  for (const options of [
    {},
    { k: 4, novelty: 0, genre: 'comedy,drama', year: '1960-', explain: true },
    { calibrated: true, minRating: 3, sort: 'rating', exclude: [7, 9], excludeSeen: false },
  ]) {
    const { lists, modelVersion } = await good(api.post(LISTS, { users: USERS, ...options }));
    const { minRating, excludeSeen, ...rest } = { minRating: undefined, excludeSeen: undefined, ...options };
    const query = new URLSearchParams({
      ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)])),
      ...(minRating === undefined ? {} : { min_rating: String(minRating) }),
      ...(excludeSeen === undefined ? {} : { exclude_seen: String(excludeSeen) }),
    });
    const alone = await Promise.all(
      USERS.map((user) => good(api.get(`/api/v1/recommendations?user=${user}&${query}`))),
    );
    expect(lists).toEqual(alone.map(({ next: _, modelVersion: __, ...list }) => list));
    expect(modelVersion).toBe(serving.manifest.version);
  }
});

test('100 users are asked for in one question to the database, and one more is refused', async () => {
  const memory = memoryDatabase(serving);
  let questions = 0;
  const counted = startApi({
    isKeyed: true,
    serving,
    database: {
      ...memory,
      sinceTraining: (...asked) => {
        questions++;
        return memory.sinceTraining(...asked);
      },
    },
  });
  const users = Array.from({ length: 100 }, (_, at) => at + 1);
  const { lists } = await good(counted.post(LISTS, { users, k: 1 }));
  expect([lists.length, questions]).toEqual([100, 1]);
  expect(await errorsOf(api.post(LISTS, { users: [...users, 101] }))).toMatchObject([{ at: 'users' }]);
});

test('the list of a group has nothing that one of them has rated, and says what each would give', async () => {
  const users = [10, 13, NEWCOMER];
  for (const method of ['average', 'least-misery']) {
    const body = await good(api.post(GROUP, { users, k: 5, method }));
    const listed: readonly Listed[] = body.recommendations;
    const rated = new Set(users.flatMap(ratedBy));
    expect([body.method, body.excluded, listed.length]).toEqual([method, rated.size, 5]);
    expect(listed.filter(({ movie }) => rated.has(movie))).toEqual([]);
    for (const { movie, rating, ratings } of listed) {
      expect(ratings[0]).toBeCloseTo(model.predict(10, movie).rating, 5);
      expect(rating).toBeCloseTo(ratings.reduce((sum, value) => sum + value, 0) / 3, 4);
    }
  }
});

test('the list of a group follows its filters', async () => {
  const filtered = await good(
    api.post(GROUP, { users: [10, 13], k: 100, genre: 'drama', exclude: [33], minRating: 3.2 }),
  );
  const listed: readonly Listed[] = filtered.recommendations;
  expect(listed.length).toBeGreaterThan(0);
  for (const { movie, ratings } of listed) {
    expect(catalogue.genresOf(catalogue.movies.rowOf(movie))).toContain('Drama');
    expect(Math.min(...ratings)).toBeGreaterThanOrEqual(3.2);
    expect(movie).not.toBe(33);
  }
  expect(await errorsOf(api.post(GROUP, { users: [10] }))).toMatchObject([{ at: 'users' }]);
});

test('without the ratings of a user there is no list', async () => {
  const memory = memoryDatabase(serving);
  memory.breakDown();
  const inDatabase = openServing(
    servingOf({ ...(await smallWorld()), facts: { seen: 'database' } }).files,
    'model v3',
  );
  const down = startApi({ isKeyed: true, serving: inDatabase, database: memory });
  for (const path of [LISTS, GROUP]) expect((await down.post(path, { users: [10, 13] })).status).toBe(503);
});
