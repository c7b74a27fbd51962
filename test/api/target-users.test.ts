/** Whatever a user has rated decides every answer at once, and the database is asked seldom. */
import { expect, test } from 'vitest';
import type { Database } from '../../api/database.ts';
import { targetUsers, WINDOW_MS } from '../../api/target-users.ts';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import { servingOf } from '../support/serving.ts';
import { NEWCOMER, smallWorld, UNKNOWN_USER } from '../support/small-world.ts';
import { memoryDatabase } from './memory-database.ts';
import { good, startApi } from './start-api.ts';

const world = await smallWorld();
const serving = openServing(servingOf(world).files, 'model v3');
const { model } = serving;
const KNOWN = 10;
const OTHER = 13;

/** A database that counts the questions. */
function counting() {
  const memory = memoryDatabase();
  memory.addKey('cm_x');
  let questions = 0;
  const database: Database = {
    ...memory,
    sinceTraining: (...asked) => {
      questions++;
      return memory.sinceTraining(...asked);
    },
  };
  return { database, memory, questions: () => questions };
}

function started() {
  const { database, memory, questions } = counting();
  const api = startApi({ isKeyed: true, serving, database });
  let requests = 0;
  const rate = (user: number, movie: number, stars: number) =>
    good(
      api.post(
        '/api/v1/ratings',
        { ratings: [{ user, movie, stars }] },
        { authorization: 'Bearer cm_x', 'idempotency-key': `${requests++}` },
      ),
    );
  return { api, memory, questions, rate };
}

test('what a known user rates changes lists, predictions and reasons alike', async () => {
  const { api, rate } = started();
  const list = () => good(api.get(`/api/v1/recommendations?user=${KNOWN}&k=20&explain=true`));
  const predict = () => good(api.get(`/api/v1/predictions?user=${KNOWN}&movie=7`));
  const predictMany = () =>
    good(api.post('/api/v1/predictions', { pairs: [KNOWN, OTHER].map((user) => ({ user, movie: 7 })) }));
  const before = await predictMany();
  expect((await list()).strategy).toBe('personalised');
  const [first] = (await list()).recommendations as [{ movie: number }];
  const rated = serving.seen?.ratingsOf(KNOWN) ?? [];
  await rate(KNOWN, first.movie, 0.5);
  const person = model.foldIn([...rated, { movieId: first.movie, stars: 0.5 }]);
  const expected = person.predict(7);

  expect(await list()).toMatchObject({ strategy: 'folded-in', excluded: rated.length + 1 });
  expect((await predict()).rating).toBeCloseTo(expected.rating, 6);
  const { predictions } = await predictMany();
  expect(predictions[0]).toMatchObject({ strategy: 'folded-in' });
  expect(predictions[0].rating).toBeCloseTo(expected.rating, 6);
  expect(predictions[1]).toEqual(before.predictions[1]);
  const pairs = [{ user: KNOWN, movie: 7 }];
  const ofModel = await good(api.post('/api/v1/predictions', { pairs, modelOnly: true }));
  expect(ofModel.predictions).toEqual([before.predictions[0]]);
});

test('the database is asked about a user once in a while, and at once after the user has rated', async () => {
  const { api, questions, rate } = started();
  const ask = (user = KNOWN) => good(api.get(`/api/v1/recommendations?user=${user}`));
  for (let at = 0; at < 5; at++) await ask();
  await good(api.get(`/api/v1/predictions?user=${KNOWN}&movie=7`));
  expect(questions()).toBe(1);
  await ask(OTHER);
  expect(questions()).toBe(2);
  await rate(OTHER, 7, 4);
  await ask(OTHER);
  expect(questions()).toBe(3);
  await ask();
  expect(questions()).toBe(3);
  api.setTime(new Date(api.now().getTime() + WINDOW_MS).toISOString());
  await ask();
  expect(questions()).toBe(4);
});

test('with a database no client caches an answer about a user', async () => {
  const { api } = started();
  for (const path of [`recommendations?user=${KNOWN}`, `predictions?user=${KNOWN}&movie=7`]) {
    for (let at = 0; at < 2; at++) {
      const { headers } = await api.get(`/api/v1/${path}`);
      expect([headers.get('cache-control'), headers.get('etag')]).toEqual(['private, no-store', null]);
    }
  }
});

test('a thousand pairs ask the database once', async () => {
  const { api, questions } = started();
  const pairs = Array.from({ length: 1000 }, (_, at) => ({ user: 10 + (at % 90), movie: 7 }));
  await good(api.post('/api/v1/predictions', { pairs }));
  expect(questions()).toBe(1);
});

test('while the database is down, what the bundle knows is answered', async () => {
  const { api, memory } = started();
  const path = (user: number) => `/api/v1/predictions?user=${user}&movie=7`;
  const before = await good(api.get(path(KNOWN)));
  memory.breakDown();
  api.setTime(new Date(api.now().getTime() + WINDOW_MS).toISOString());
  expect(await good(api.get(path(KNOWN)))).toEqual(before);
  expect((await good(api.get(path(NEWCOMER)))).strategy).toBe('folded-in');
});

test('a known user with ratings of a batch that came after the training is folded in from the bundle', async () => {
  const api = startApi({ isKeyed: true, serving: servingOf({ ...world, unlearned: [KNOWN] }) });
  const body = await good(api.get(`/api/v1/predictions?user=${KNOWN}&movie=7`));
  const person = model.foldIn(serving.seen?.ratingsOf(KNOWN) ?? []);
  expect(body.strategy).toBe('folded-in');
  expect(body.rating).toBeCloseTo(person.predict(7).rating, 6);
  expect((await good(api.get(`/api/v1/predictions?user=${OTHER}&movie=7`))).strategy).toBe('personalised');
});

test('an answer of before a change is not remembered after it', async () => {
  const memory = memoryDatabase();
  let changed = false;
  const database: Database = {
    ...memory,
    sinceTraining: async () => {
      // The user rates while the database answers.
      if (!changed) users.forget([KNOWN]);
      const answer = {
        unlearned: new Set(changed ? [KNOWN] : []),
        interactions: [],
        erased: new Set<number>(),
      };
      changed = true;
      return answer;
    },
    ratingsOf: async () => new Map([[KNOWN, [{ movieId: 7, stars: 5 }]]]),
  };
  const users = targetUsers(serving, database, () => new Date(0));
  const first = await users.find([KNOWN]);
  expect(first.validity?.changes).not.toBe(users.changes());
  expect((await users.find([KNOWN])).users.get(KNOWN)?.rated).toEqual([{ movieId: 7, stars: 5 }]);
  expect((await users.find([UNKNOWN_USER])).validity?.changes).toBe(users.changes());
});
