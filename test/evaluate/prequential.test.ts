import { expect, test } from 'vitest';
import { evaluateModel } from '../../pipeline/evaluate/evaluate.ts';
import { evaluationSchema } from '../../pipeline/evaluate/evaluation-schema.ts';
import { evaluateInOrder } from '../../pipeline/evaluate/prequential.ts';
import { momentsOf } from '../../pipeline/evaluate/told-before.ts';
import type { GivenRating } from '../../pipeline/model/model.ts';
import { concatRatings, emptyRatings, type Ratings, selectRatings } from '../../pipeline/ratings/ratings.ts';
import { vocabularyOf } from '../../pipeline/ratings/vocabulary.ts';
import { prequentialSection } from '../../pipeline/reports/prequential-table.ts';
import { fixedModel } from './fixed-model.ts';
import { waveModel, waveRatings } from './prequential-world.ts';

const EVERYONE = { rankingUsers: null, seed: 1 };
const data = {
  train: concatRatings([waveRatings(1, 3, 9, 0), waveRatings(4, 4, 2, 0)]),
  test: waveRatings(1, 6, 14, 9),
};
const model = waveModel();

/** Ratings from `[user, movie, stars, second]`. */
function timed(...rows: readonly (readonly [number, number, number, number])[]): Ratings {
  const ratings = emptyRatings(rows.length);
  rows.forEach(([user, movie, stars, second], row) => {
    ratings.userIds[row] = user;
    ratings.movieIds[row] = movie;
    ratings.halves[row] = 2 * stars;
    ratings.ratedAt[row] = second;
  });
  return ratings;
}

test('the figures are those of NumPy, which folded in each user again before every rating', () => {
  // NumPy 2.4.6 in double precision: the posterior and the least squares of docs/algorithms.md written with matrices,
  // users and ratings in plain lists.
  const { all, groups, everyone } = evaluateInOrder(model, data, EVERYONE);
  expect(everyone).toBe(6);
  expect(all).toMatchObject({ ratings: 84, users: 6, liked: 22, likedUsers: 4 });
  expect(all.told.rmse).toBeCloseTo(1.3983817194, 6);
  expect(all.told.mae).toBeCloseTo(1.1408073433, 6);
  expect(all.told.hitRateAt10).toBeCloseTo(0.4354166667, 9);
  expect(all.told.ndcgAt10).toBeCloseTo(0.1546203649, 9);
  expect(all.told.mrr).toBeCloseTo(0.1112240989, 9);
  expect(all.learned.rmse).toBeCloseTo(1.7114101309, 6);
  expect(all.learned.mae).toBeCloseTo(1.340348197, 6);
  expect(all.learned.hitRateAt10).toBeCloseTo(0.5375, 9);
  expect(all.learned.ndcgAt10).toBeCloseTo(0.2143779496, 9);
  expect(all.learned.mrr).toBeCloseTo(0.1520070863, 8);
  const byGroup = Object.entries(groups).map(([name, { ratings, told }]) => [
    name,
    ratings,
    told.rmse?.toFixed(5),
  ]);
  expect(byGroup).toEqual([
    ['known', 42, '1.43557'],
    ['new0', 2, '0.57049'],
    ['new1To4', 13, '1.33013'],
    ['new5To9', 14, '1.54104'],
    ['new10', 13, '1.26505'],
  ]);
  for (const name of ['rmse', 'hitRateAt10'] as const) {
    const [low, high] = all.intervals[name] as readonly [number, number];
    expect(low).toBeLessThan(all.told[name] as number);
    expect(high).toBeGreaterThan(all.told[name] as number);
  }
});

test('the order of the rows changes nothing', () => {
  const turned = (ratings: Ratings): Ratings =>
    selectRatings(
      ratings,
      Array.from({ length: ratings.length }, (_, row) => ratings.length - 1 - row),
    );
  const other = { train: turned(data.train), test: turned(data.test) };
  expect(evaluateInOrder(model, other, EVERYONE)).toEqual(evaluateInOrder(model, data, EVERYONE));
});

test('ratings of one second do not know each other, and a user who has told nothing new is the learned one', () => {
  const folded: GivenRating[][] = [];
  const learned: number[] = [];
  const known = fixedModel({ users: [1], movies: [10, 20, 30], predicts: () => 3 });
  const watched = {
    ...known,
    person: (userId: number) => {
      learned.push(userId);
      return known.person(userId);
    },
    foldIn: (rated: readonly GivenRating[]) => {
      folded.push([...rated]);
      return known.foldIn(rated);
    },
  };
  const seen = timed([1, 10, 4, 5], [2, 10, 2, 6]);
  const ratings = timed([1, 30, 1, 9], [2, 20, 3, 7], [1, 20, 5, 8], [1, 40, 2, 8]);
  const rows: number[][] = [];
  for (const moment of momentsOf(watched, vocabularyOf(ratings.userIds), { seen, ratings })) {
    moment.person();
    rows.push([...moment.rows]);
  }
  expect(rows).toEqual([[2, 3], [0], [1]]);
  expect(learned).toEqual([1]);
  expect(folded).toEqual([
    [
      { movieId: 10, stars: 4 },
      { movieId: 20, stars: 5 },
      { movieId: 40, stars: 2 },
    ],
    [{ movieId: 10, stars: 2 }],
  ]);
});

test('a model that has learned less than the earlier ratings folds in from the first moment', () => {
  let folds = 0;
  const known = fixedModel({ users: [1], movies: [10, 20], predicts: () => 3 });
  const counting = {
    ...known,
    foldIn: () => {
      folds++;
      return known.person(0);
    },
  };
  const parts = { seen: timed([1, 10, 4, 5], [1, 20, 4, 6]), ratings: timed([1, 30, 1, 9]) };
  const users = vocabularyOf(parts.ratings.userIds);
  for (const { person } of momentsOf(counting, users, parts, { learned: () => 2 })) person();
  expect(folds).toBe(0);
  for (const { person } of momentsOf(counting, users, parts, { learned: () => 1 })) person();
  expect(folds).toBe(1);
});

test('of many ratings a sample of the users is measured, and the report says so', () => {
  const many = waveRatings(1, 2_000, 14, 9);
  const sampled = evaluateInOrder(model, { train: data.train, test: many }, { rankingUsers: 5_000, seed: 1 });
  // 28,000 ratings: 20,000 / 28,000 of 2,000 users.
  expect(sampled.everyone).toBe(2_000);
  expect(sampled.all).toMatchObject({ users: 1_429, ratings: 14 * 1_429 });
  expect(prequentialSection(sampled)).toContain('1,429 of 2,000');
  const fewer = evaluateInOrder(model, { train: data.train, test: many }, { rankingUsers: 100, seed: 1 });
  expect(fewer.all.users).toBe(100);
});

test('an evaluation with it is read as it was written, and has its table', () => {
  const evaluation = evaluateModel(model, data, { inOrder: EVERYONE });
  expect(evaluationSchema.parse(JSON.parse(JSON.stringify(evaluation)))).toEqual(evaluation);
  const section = prequentialSection(evaluation.prequential);
  expect(section).toContain('| All users ');
  expect(section).toContain('1.7114 → 1.3984');
  expect(section).toContain('New, 10 or more');
  expect(prequentialSection(undefined)).toBeNull();
});
