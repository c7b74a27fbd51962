import { expect, test } from 'vitest';
import { rankingTask, rankUsers, rankUsersNonPersonalised } from '../../pipeline/evaluate/ranking.ts';
import { learn } from '../train/learn.ts';
import { plantedRatings } from '../train/planted.ts';
import { fixedModel } from './fixed-model.ts';
import { rated } from './rated.ts';

const planted = plantedRatings(3);
const task = rankingTask(planted.train, planted.test);

test.each(['bias', 'popularity'])('%s: both ranking functions give the same lists', async (name) => {
  const model = await learn(name, planted.train);
  const lists = rankUsersNonPersonalised(model, task, 10);
  expect(lists).toEqual(rankUsers(model, task, 10));
  expect(lists.some(({ hits }) => hits.includes(1))).toBe(true);
});

test('rated and unknown movies are skipped; equal scores keep their order', () => {
  const model = fixedModel({
    users: [1],
    movies: [10, 20, 30, 40],
    predicts: (_, movie) => (movie < 40 ? 1 : 2),
  });
  const few = rankingTask(rated([1, 20, 4], [2, 40, 4]), rated([1, 10, 5], [2, 30, 5], [2, 50, 5]));
  const shown = rankUsersNonPersonalised(model, few, 2).map(({ userId, movieIds, hits }) => [
    userId,
    [...movieIds],
    [...hits],
  ]);
  expect(shown).toEqual([
    [1, [40, 10], [0, 1]],
    [2, [10, 20], [0, 0]],
  ]);
  expect(rankUsersNonPersonalised(model, few, 10).map(({ movieIds }) => [...movieIds])).toEqual([
    [40, 10, 30],
    [10, 20, 30],
  ]);
});
