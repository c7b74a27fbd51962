import { expect, test } from 'vitest';
import { firstDifference, goldenPredictions } from '../../pipeline/model/golden.ts';
import { learn } from '../train/learn.ts';
import { plantedRatings } from '../train/planted.ts';

const model = await learn('vb-mf', plantedRatings(5, 60, 90, 20).train);
const golden = goldenPredictions(model);
const answers = golden.map(({ rating }) => rating);

test('at least twenty questions about known users and movies are asked, each another', () => {
  const known = golden.filter(
    ({ user, movie }) => model.users.rowOf(user) >= 0 && model.movies.rowOf(movie) >= 0,
  );
  expect(known.length).toBeGreaterThanOrEqual(20);
  expect(new Set(known.map(({ user }) => user)).size).toBe(known.length);
  expect(new Set(known.map(({ movie }) => movie)).size).toBe(known.length);
});

test('a user, a movie and both that the model does not know are among them', () => {
  const kinds = golden.map(
    ({ user, movie }) => `${model.users.rowOf(user) >= 0} ${model.movies.rowOf(movie) >= 0}`,
  );
  expect(new Set(kinds)).toEqual(new Set(['true true', 'false true', 'true false', 'false false']));
});

test('the answers are those of the model, and the same when it is asked again', () => {
  for (const { user, movie, rating } of golden) expect(rating).toBe(model.predict(user, movie).rating);
  expect(goldenPredictions(model)).toEqual(golden);
});

test('a model of one user and one movie is asked as well', async () => {
  const { train } = plantedRatings(5, 1, 9, 5);
  const least = await learn('bias', train);
  expect(goldenPredictions(least).every(({ rating }) => Number.isFinite(rating))).toBe(true);
});

test('answers may differ by a millionth of a star, as decimal numbers do, and not by more', () => {
  expect(firstDifference(golden, answers)).toBeNull();
  expect(
    firstDifference(
      golden,
      answers.map((rating) => Math.round(rating * 1e6) / 1e6),
    ),
  ).toBeNull();
  const off = answers.with(4, (answers[4] as number) + 2e-6).with(9, 0);
  expect(firstDifference(golden, off)).toEqual({ expected: golden[4], answer: off[4] });
  expect(firstDifference(golden, off, 1e-5)).toEqual({ expected: golden[9], answer: 0 });
});

test('an answer that is missing or no number is a difference', () => {
  expect(firstDifference(golden, answers.slice(0, -1))).toEqual({
    expected: golden.at(-1),
    answer: undefined,
  });
  expect(firstDifference(golden, answers.with(0, Number.NaN))).toMatchObject({ answer: Number.NaN });
});
