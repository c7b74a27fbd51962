import { expect, test } from 'vitest';
import { evaluateInDetail } from '../../pipeline/evaluate/evaluate.ts';
import { performanceBeside, usersToScore } from '../../pipeline/evaluate/performance-beside.ts';
import { evaluateInOrder } from '../../pipeline/evaluate/prequential.ts';
import { concatRatings } from '../../pipeline/ratings/ratings.ts';
import { skillBaseline } from '../../pipeline/ratings/skill-baseline.ts';
import { summariseRatings } from '../../pipeline/ratings/summary.ts';
import { waveModel, waveRatings } from './prequential-world.ts';

const model = waveModel();
/** User 4 is new to the model, and has told something before. */
const seen = concatRatings([waveRatings(1, 3, 9, 0), waveRatings(4, 4, 2, 0)]);
const batch = waveRatings(1, 6, 14, 9);
const learned = summariseRatings(waveRatings(1, 3, 9, 0));
const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

test('a champion is scored from what users had told before, as in an evaluation in the order of time', () => {
  const { all } = evaluateInOrder(model, { train: seen, test: batch }, { rankingUsers: null, seed: 1 });
  const { counts, squaredErrors, absoluteErrors } = performanceBeside(model, batch, learned, seen, 'as-told');
  expect(sum(counts)).toBe(batch.length);
  expect(Math.sqrt(sum(squaredErrors) / batch.length)).toBeCloseTo(all.told.rmse as number, 12);
  expect(sum(absoluteErrors) / batch.length).toBeCloseTo(all.told.mae as number, 12);
});

test('scored alone, it has the errors of an evaluation', () => {
  const { evaluation } = evaluateInDetail(model, { train: seen, test: batch });
  const { squaredErrors } = performanceBeside(model, batch, learned, seen, 'alone');
  expect(Math.sqrt(sum(squaredErrors) / batch.length)).toBeCloseTo(evaluation.rmse as number, 12);
});

test('a user who has told more since the training is ranked for by all of it', () => {
  // Both ways rank by popularity for users who had told nothing, and by the learned factors for those of the training.
  // User 4 had told something, and the model does not know it.
  const told = performanceBeside(model, batch, learned, seen, 'as-told').ranking;
  const alone = performanceBeside(model, batch, learned, seen, 'alone').ranking;
  const differs = [0, 1, 2, 3, 4, 5].filter((user) => told?.ndcg[user] !== alone?.ndcg[user]);
  expect(differs).toEqual([3]);
  const more = performanceBeside(
    model,
    batch,
    summariseRatings(waveRatings(1, 3, 8, 0)),
    seen,
    'as-told',
  ).ranking;
  expect(more?.lists).toEqual(told?.lists);
  expect(more?.ndcg).not.toEqual(told?.ndcg);
});

test('the plain prediction knows the same ratings of a user', () => {
  const baseline = skillBaseline(learned);
  const own = Array.from({ length: 9 }, (_, row) => ({ stars: (seen.halves[row] as number) / 2 }));
  // User 1 is the first in the data, and has nine ratings.
  expect(baseline?.predictAfter(own, 4)).toBeCloseTo(baseline?.predict(1, 4) as number, 12);
  expect(baseline?.predictAfter([], 4)).toBeCloseTo(baseline?.predict(99, 4) as number, 12);
  // One rating of 5★: the mean, and (5 − mean) / (1 + 10).
  const mean = baseline?.mean as number;
  expect(baseline?.predictAfter([{ stars: 5 }], 99)).toBeCloseTo(mean + (5 - mean) / 11, 12);
});

test('of more than 30,000 ratings those of a sample of the users count', () => {
  const many = waveRatings(1, 8_000, 14, 9);
  const users = usersToScore(many, 'as-told');
  // 30,000 / 112,000 of 8,000 users.
  expect(users).toHaveLength(2_143);
  const { userIds, counts } = performanceBeside(model, many, learned, seen, 'as-told');
  expect(userIds).toEqual(users);
  expect(sum(counts)).toBe(14 * 2_143);
});
