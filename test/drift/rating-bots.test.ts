import { expect, test } from 'vitest';
import { profilesOf } from '../../pipeline/drift/findings/profiles.ts';
import { ratingBots } from '../../pipeline/drift/findings/rating-bots.ts';
import { seededRandom } from '../../pipeline/lib/random.ts';
import { summariseRatings } from '../../pipeline/ratings/summary.ts';
import { type Row, ratingsOf } from '../ratings/some-ratings.ts';

/** Ratings of users `first`, `first + 1`, …: each gives these levels to movies 1, 2, …. */
const users = (first: number, levels: readonly (readonly number[])[]): readonly Row[] =>
  levels.flatMap((own, user) => own.map((halves, movie): Row => [first + user, movie + 1, halves, 1]));

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

/** Twenty-four users who give 3★ to every second movie and 4★ to the others, or the other way round. */
const ORDINARY = users(
  1,
  Array.from({ length: 24 }, (_, user) =>
    Array.from({ length: 10 }, (_, movie) => 6 + 2 * ((user + movie) % 2)),
  ),
);

function botsAmong(training: readonly Row[], window: readonly Row[]) {
  const before = summariseRatings(ratingsOf(training));
  const ratings = ratingsOf(window);
  const movies = profilesOf(before.movieIds, before.movieLevels as Int32Array);
  return ratingBots(summariseRatings(ratings), before, movies, ratings);
}

test('the evidence is the mean over shares of bots of the product over users', () => {
  // Nobody gives half stars, so levels count in pairs. The movies of the training data have one mean, so nobody has a
  // taste. Five ratings of 5★ by an ordinary user have the
  // probability ((5·0.004) / 15)⁵, so each ratio is at its limit of 25. For n users and the kind "always 5★" (1/8 of the
  // prior): mean of 1.48ⁿ, 2.2ⁿ, 3.4ⁿ and 5.8ⁿ. For the other kinds: mean of 0.98ⁿ, 0.95ⁿ, 0.9ⁿ and 0.8ⁿ.
  // n = 6: (10.51 + 113.4 + 1544.8 + 38068.7) / 32 + 0.875·0.60 = 1242.3.
  const six = botsAmong(ORDINARY, users(100, times(6, times(5, 10))));
  expect(six).toMatchObject({ kind: 'look-alike-users', of: 'user', count: 6, ratings: 30, share: 1 });
  // To be expected: (0 + 1) / (24 + 1) of 6.
  expect(six?.text).toBe(
    '6 of 6 users always give 4.5 or 5★. To be expected are 0.2. With such users the batch is 1.2e+3 times as likely as without.',
  );
  // n = 4: (4.80 + 23.4 + 133.6 + 1131.6) / 32 + … = 41, below 100.
  expect(botsAmong(ORDINARY, users(100, times(4, times(5, 10))))).toBeNull();
});

test('bots are named among ordinary users, who are not', () => {
  const ordinary = users(
    200,
    Array.from({ length: 30 }, (_, user) =>
      Array.from({ length: 8 }, (_, movie) => 6 + 2 * ((user + movie) % 2)),
    ),
  );
  const bots = users(100, times(10, times(8, 1)));
  expect(botsAmong(ORDINARY, [...ordinary, ...bots])).toMatchObject({
    who: times(10, 0).map((_, bot) => String(100 + bot)),
    ratings: 80,
  });
  expect(botsAmong(ORDINARY, ordinary)).toBeNull();
});

test('users who rate at random are found, on a site without half stars too', () => {
  const random = seededRandom(4);
  const anyLevel = (levels: number, step: number) =>
    users(
      100,
      Array.from({ length: 6 }, () =>
        Array.from({ length: 30 }, () => step * (1 + Math.floor(levels * random()))),
      ),
    );
  expect(botsAmong(ORDINARY, anyLevel(10, 1))?.text).toMatch(/^6 of 6 users rate at random\./);
  // Thirty ratings with levels in use: 1 to 5★.
  const whole = users(
    1,
    Array.from({ length: 40 }, (_, user) =>
      Array.from(
        { length: 60 },
        (_, movie) => [2, 4, 6, 6, 6, 6, 6, 8, 8, 8, 8, 8, 8, 8, 10, 10][(user + movie) % 16] ?? 6,
      ),
    ),
  );
  expect(botsAmong(whole, anyLevel(5, 2))?.text).toMatch(/^6 of 6 users rate at random\./);
});

test('half stars count as levels where they are in use', () => {
  const training = users(
    1,
    Array.from({ length: 24 }, (_, user) =>
      Array.from({ length: 10 }, (_, movie) => 6 + ((user + movie) % 2)),
    ),
  );
  expect(botsAmong(training, users(100, times(6, times(5, 10))))?.text).toMatch(
    /^6 of 6 users always give 5★\./,
  );
  const random = seededRandom(4);
  const window = users(
    100,
    Array.from({ length: 6 }, () => Array.from({ length: 30 }, () => 1 + Math.floor(10 * random()))),
  );
  expect(botsAmong(training, window)?.text).toMatch(/^6 of 6 users rate at random\./);
});

test('users who begin to give half stars are no bots', () => {
  const whole = [2, 4, 4, 4, 6, 6, 6, 6, 8, 8, 8, 8, 10, 10, 10];
  const halves = [2, 4, 3, 4, 6, 5, 6, 5, 8, 7, 8, 7, 10, 9, 10];
  expect(botsAmong(users(1, times(40, whole)), users(100, times(20, halves)))).toBeNull();
});

test('where many users always give 5★, a batch of such users is ordinary', () => {
  const fans = users(50, times(12, times(6, 10)));
  const window = [
    ...users(100, times(10, times(5, 10))),
    ...ORDINARY.map(([user, ...rest]): Row => [200 + user, ...rest]),
  ];
  expect(botsAmong(ORDINARY, window)?.count).toBe(10);
  expect(botsAmong([...ORDINARY, ...fans], window)).toBeNull();
});

test('users with fewer than five ratings, and two bots, are no wave', () => {
  expect(botsAmong(ORDINARY, users(100, times(50, times(4, 10))))).toBeNull();
  expect(botsAmong(ORDINARY, users(100, times(2, times(60, 10))))).toBeNull();
  expect(botsAmong([], users(100, times(6, times(5, 10))))).toBeNull();
});

test('in a batch whose movies are not who they seem to be, nobody is a bot for having no taste', () => {
  // Movies 1 to 10 have means from 1★ to 5★; in the window their numbers are turned round.
  const training = users(
    1,
    Array.from({ length: 40 }, (_, user) =>
      Array.from({ length: 10 }, (_, movie) => Math.min(10, Math.max(1, movie + 1 + (user % 3) - 1))),
    ),
  );
  const turned = users(
    100,
    Array.from({ length: 20 }, (_, user) =>
      Array.from({ length: 10 }, (_, movie) => Math.min(10, Math.max(1, 10 - movie + (user % 3) - 1))),
    ),
  );
  expect(botsAmong(training, turned)).toBeNull();
});
