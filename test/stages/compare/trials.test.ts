import { expect, test } from 'vitest';
import { COMPARED_METRICS, JUDGED_METRICS } from '../../../pipeline/evaluate/metric-names.ts';
import { isBetter, rankTrials, type Trial } from '../../../pipeline/stages/compare/trials.ts';

/** A trial whose metrics are all of one value. */
const trialOf = (trial: number, value: number | null): Trial => ({
  trial,
  metrics: Object.fromEntries(COMPARED_METRICS.map((name) => [name, value])) as Trial['metrics'],
});
const order = (trials: readonly Trial[]): number[] => trials.map(({ trial }) => trial);

test.each(JUDGED_METRICS)('%s: errors are better when small, hits when many', (metric) => {
  const errors = metric === 'rmse' || metric === 'mae';
  const { trials, best } = rankTrials([trialOf(0, 0.5), trialOf(1, 0.4), trialOf(2, 0.6)], metric);
  expect(order(trials)).toEqual(errors ? [1, 0, 2] : [2, 0, 1]);
  expect(best?.trial).toBe(errors ? 1 : 2);
});

test('the difference is from the defaults', () => {
  const { trials } = rankTrials([trialOf(1, 0.75), trialOf(0, 0.5)], 'rmse');
  expect(trials.map(({ trial, difference }) => [trial, difference])).toEqual([
    [0, 0],
    [1, 0.25],
  ]);
});

test('a trial as good as the defaults does not beat them; ties keep the order of their numbers', () => {
  const { trials, best } = rankTrials([trialOf(2, 0.5), trialOf(1, 0.5), trialOf(0, 0.5)], 'rmse');
  expect(order(trials)).toEqual([0, 1, 2]);
  expect(best).toBeNull();
});

test('a trial without the metric comes last and has no difference', () => {
  const { trials, best } = rankTrials([trialOf(1, null), trialOf(0, 0.5), trialOf(2, 0.6)], 'rmse');
  expect(trials.map(({ trial, difference }) => [trial, difference === null])).toEqual([
    [0, false],
    [2, false],
    [1, true],
  ]);
  expect(best).toBeNull();
});

test('where the defaults have failed any value is better', () => {
  const { best, trials } = rankTrials([trialOf(0, null), trialOf(1, 0.9)], 'rmse');
  expect(best?.trial).toBe(1);
  expect(trials[0]?.difference).toBeNull();
  expect(isBetter('rmse', null, null)).toBe(false);
});

test('without the defaults there is no winner, and what is missing is named', () => {
  const { defaults, best, missing } = rankTrials([trialOf(2, 0.5), trialOf(5, 0.4)], 'rmse');
  expect({ defaults, best, missing }).toEqual({ defaults: null, best: null, missing: [0, 1, 3, 4] });
});
