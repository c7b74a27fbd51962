import { expect, test } from 'vitest';
import { evaluateInDetail, evaluateModel } from '../../pipeline/evaluate/evaluate.ts';
import { LIST_LENGTH } from '../../pipeline/evaluate/metric-catalogue.ts';
import { ndcgAt } from '../../pipeline/evaluate/metrics/ndcg.ts';
import { rankingTask } from '../../pipeline/evaluate/ranking.ts';
import { sampleMargin } from '../../pipeline/evaluate/sample-margin.ts';
import { sampleUsers } from '../../pipeline/evaluate/user-sample.ts';
import { formatMeasured, sampleText } from '../../pipeline/reports/metric-text.ts';
import { learn } from '../train/learn.ts';
import { plantedRatings } from '../train/planted.ts';

const ids = Int32Array.from({ length: 5_000 }, (_, index) => 3 * index + 1);

test('the sample has the asked size, ascends, and is contained in every larger one', () => {
  const [few, more] = [sampleUsers(ids, 400), sampleUsers(ids, 900)];
  expect([few.length, more.length]).toEqual([400, 900]);
  expect([...few]).toEqual([...few].sort((a, b) => a - b));
  expect([...few].every((id) => more.includes(id))).toBe(true);
  expect(sampleUsers(ids, 5_000)).toBe(ids);
});

test('users who come change the sample by as many users at most', () => {
  const known = new Set(sampleUsers(ids, 500));
  const later = sampleUsers(Int32Array.from([...ids, 20_001, 20_002, 20_003]), 500);
  expect(later.filter((id) => !known.has(id)).length).toBeLessThanOrEqual(3);
});

test('early and late users are drawn alike', () => {
  const early = sampleUsers(ids, 1_000).filter((id) => id < (ids[2_500] as number)).length;
  // Hypergeometric with mean 500 and standard deviation 14.1.
  expect(Math.abs(early - 500)).toBeLessThan(60);
});

test('the margin is that of a sample without replacement', () => {
  // Mean 4, variance 10, so 1.959963984540054 · √(10 / 5 · (1 − 5 / 20)), by hand.
  expect(sampleMargin(Float64Array.of(0, 2, 4, 6, 8), 20)).toBeCloseTo(
    1.959963984540054 * Math.sqrt(1.5),
    12,
  );
  expect(sampleMargin(Float64Array.of(0, 2, 4, 6, 8), 5)).toBe(0);
  expect(sampleMargin(Float64Array.of(1), 5)).toBeNull();
});

const planted = plantedRatings(7, 400, 120, 25);

test('of a sample, the ranking metrics are means over the lists that everyone has', async () => {
  const model = await learn('popularity', planted.train);
  const { train, test: holdout } = planted;
  const everyone = evaluateInDetail(model, planted);
  const task = rankingTask(train, holdout, { rankingUsers: 100 });
  const sample = evaluateInDetail(model, { ...planted, task });
  expect(sample.lists).toHaveLength(100);
  const ranked = new Map(everyone.lists.map((list) => [list.userId, list]));
  for (const list of sample.lists) expect(list).toEqual(ranked.get(list.userId));
  expect(sample.errors).toEqual(everyone.errors);
  const { evaluation } = sample;
  expect(evaluation).toMatchObject({ rankedUsers: 100, rankable: everyone.lists.length });
  expect(evaluation.rmse).toBe(everyone.evaluation.rmse);
  const values = Float64Array.from(sample.lists, (list) => ndcgAt(LIST_LENGTH, list));
  expect(evaluation.ndcgAt10).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / 100, 12);
  expect(evaluation.ndcgAt10Margin).toBe(sampleMargin(values, everyone.lists.length));
  expect(evaluation.warm.rankable as number).toBeLessThanOrEqual(everyone.lists.length);
});

test('the 95% interval has the metric over all users in about 95 of 100 samples', async () => {
  const model = await learn('popularity', planted.train);
  const { lists, evaluation } = evaluateInDetail(model, planted);
  const values = Float64Array.from(lists, (list) => ndcgAt(LIST_LENGTH, list));
  let covered = 0;
  for (let draw = 0; draw < 200; draw++) {
    // Other ids are another sample.
    const shifted = Int32Array.from(values.keys()).map((row) => row + 1 + draw * 1_000);
    const sample = Float64Array.from(
      sampleUsers(shifted, 120),
      (id) => values[id - 1 - draw * 1_000] as number,
    );
    const mean = sample.reduce((sum, value) => sum + value, 0) / sample.length;
    const margin = sampleMargin(sample, values.length) as number;
    covered += Number(Math.abs(mean - (evaluation.ndcgAt10 as number)) <= margin);
  }
  // Binomial with mean 190 and standard deviation 3.1.
  expect(covered).toBeGreaterThan(177);
  expect(covered).toBeLessThan(200);
});

test('with fewer users than the sample nothing changes', async () => {
  const model = await learn('popularity', planted.train);
  const task = rankingTask(planted.train, planted.test, { rankingUsers: 5_000 });
  const evaluation = evaluateModel(model, { ...planted, task });
  expect(evaluation).toEqual(evaluateModel(model, planted));
  expect(evaluation).toMatchObject({ rankable: null, ndcgAt10Margin: null });
});

test('reports say how many users were ranked, and the interval', () => {
  const metrics = {
    ndcgAt10: 0.331,
    ndcgAt10Margin: 0.006,
    rmse: 0.8,
    rankedUsers: 5_000,
    rankable: 138_000,
  };
  expect(sampleText(metrics)).toBe('NDCG@10 0.3310 (0.3250 to 0.3370, 5,000 of 138,000 users)');
  expect(formatMeasured('ndcgAt10', metrics)).toBe('0.3310 (0.3250 to 0.3370)');
  expect(formatMeasured('rmse', metrics)).toBe('0.8000');
  expect(sampleText({ ...metrics, rankable: null, ndcgAt10Margin: null })).toBeNull();
});
