import { describe, expect, test } from 'vitest';
import type { ComparedMetric } from '../../../pipeline/evaluate/metric-names.ts';
import { parseConfig } from '../../../pipeline/stages/load-config.ts';
import { compareScores } from '../../../pipeline/stages/model-check/compare-scores.ts';
import type {
  MetricComparison,
  ModelCheck,
  Segment,
} from '../../../pipeline/stages/model-check/model-check.ts';
import type { Scores } from '../../../pipeline/stages/model-check/scores.ts';
import { personaWith, scoresWith } from '../../support/scores.ts';

const GATE = { ...parseConfig({}, 'defaults').gate, resamples: 500 };
const compare = (base: Scores | null, head: Scores): ModelCheck =>
  compareScores(base, head, { gate: GATE, seed: 1 });
const find = ({ metrics }: ModelCheck, metric: ComparedMetric, segment: Segment = 'all'): MetricComparison =>
  metrics.find((each) => each.metric === metric && each.segment === segment) as MetricComparison;

const even = scoresWith({ error: () => 0.8 });

describe('a change that leaves the model as it is', () => {
  const check = compare(even, scoresWith({ error: () => 0.8 }));

  test('passes', () => {
    expect(check.conclusion).toBe('pass');
    expect(check.obstacle).toBeNull();
  });
  test('differs by exactly nothing in every metric of every segment', () => {
    expect(check.metrics).toHaveLength(18);
    for (const { metric, difference, interval, meaning } of check.metrics) {
      expect(difference).toBe(0);
      expect(interval).toEqual(metric === 'coverage' ? null : [0, 0]);
      expect(meaning).toBe(metric === 'coverage' ? null : 'same');
    }
  });
});

test('a model that is worse for everyone fails and names RMSE', () => {
  const check = compare(even, scoresWith({ error: () => 0.9 }));
  expect(check.conclusion).toBe('fail');
  const rmse = find(check, 'rmse');
  expect(rmse).toMatchObject({
    rule: 'at most 0.2% higher than the base',
    passed: false,
    meaning: 'worse',
  });
  expect(rmse.difference).toBeCloseTo(0.1, 12);
  // Every user has the same difference, so the choice of users leaves nothing open.
  expect(rmse.interval?.[0]).toBeCloseTo(0.1, 12);
  expect(rmse.interval?.[1]).toBeCloseTo(0.1, 12);
  expect(find(check, 'precisionAt10')).toMatchObject({ passed: true, meaning: 'same' });
});

test('a model that is better for everyone passes', () => {
  const check = compare(even, scoresWith({ error: () => 0.7, hits: () => 2 }));
  expect(check.conclusion).toBe('pass');
  for (const metric of ['rmse', 'mae', 'precisionAt10', 'recallAt10', 'ndcgAt10'] as const) {
    expect(find(check, metric).meaning).toBe('better');
  }
  // One more of ten places, one more of two liked movies.
  expect(find(check, 'precisionAt10').difference).toBeCloseTo(0.1, 12);
  expect(find(check, 'recallAt10').interval?.[0]).toBeCloseTo(0.5, 12);
});

test('RMSE may grow by the tolerance of the gate and by no more', () => {
  expect(compare(even, scoresWith({ error: () => 0.8 * 1.002 })).conclusion).toBe('pass');
  expect(compare(even, scoresWith({ error: () => 0.8 * 1.0021 })).conclusion).toBe('fail');
});

test('lists that find less fail though predictions are better', () => {
  const check = compare(even, scoresWith({ error: () => 0.1, hits: (user) => (user <= 6 ? 0 : 1) }));
  expect(check.conclusion).toBe('fail');
  // 6 of 30 users lose one hit in ten places.
  expect(find(check, 'precisionAt10').difference).toBeCloseTo(-0.02, 12);
  expect(find(check, 'precisionAt10')).toMatchObject({ passed: false, meaning: 'worse' });
  expect(find(check, 'rmse').passed).toBe(true);
});

test('a difference that rests on one user is inside its interval', () => {
  const { meaning, interval } = find(
    compare(even, scoresWith({ error: (user) => (user === 1 ? 0.5 : 0.8) })),
    'mae',
  );
  expect(meaning).toBe('same');
  expect(interval?.[1]).toBeCloseTo(0, 12);
});

test('warm and cold users are told apart', () => {
  const check = compare(even, scoresWith({ error: (user) => (user <= 20 ? 0.8 : 1) }));
  expect(find(check, 'rmse', 'warm')).toMatchObject({ difference: 0, meaning: 'same', rule: null });
  expect(find(check, 'rmse', 'cold').difference).toBeCloseTo(0.2, 12);
  expect(find(check, 'rmse', 'cold').meaning).toBe('worse');
});

test('data without new users have no cold metrics', () => {
  const base = scoresWith({ error: () => 0.8 });
  const known = { ...base, warm: base.warm.map(() => 1) };
  const check = compare(known, known);
  expect(check.conclusion).toBe('pass');
  expect(find(check, 'rmse', 'cold')).toMatchObject({ base: null, head: null, interval: null });
});

describe('when there is nothing to compare with', () => {
  test('the head is reported and nothing is judged', () => {
    const check = compare(null, even);
    expect(check).toMatchObject({ conclusion: 'neutral', obstacle: 'no-base' });
    expect(find(check, 'rmse')).toMatchObject({ base: null, difference: null, rule: null, passed: null });
    expect(find(check, 'rmse').head).toBeCloseTo(0.8, 12);
    expect(check.personas[0]).toMatchObject({ before: null, overlap: null, gained: [] });
  });
  test('ratings of another digest are no base', () => {
    const data = { ...even.data, holdout: { ...even.data.holdout, sha256: 'c'.repeat(64) } };
    expect(compare({ ...even, data }, scoresWith({ error: () => 2 }))).toMatchObject({
      conclusion: 'neutral',
      obstacle: 'other-data',
    });
  });
  test('nor are other users to rank', () => {
    expect(compare({ ...even, lists: even.lists.slice(1) }, even)).toMatchObject({
      conclusion: 'neutral',
      obstacle: 'other-protocol',
    });
  });
});

describe('personas', () => {
  const base = scoresWith({ error: () => 0.8, personas: [personaWith('Newcomer', [1, 2, 3, 4])] });

  test('say which movies came and went', () => {
    const head = scoresWith({
      error: () => 0.8,
      personas: [{ ...personaWith('Newcomer', [4, 9, 2, 8]), description: 'new words' }],
    });
    expect(compare(base, head).personas).toEqual([
      {
        name: 'Newcomer',
        description: 'new words',
        before: ['Movie 1', 'Movie 2', 'Movie 3', 'Movie 4'],
        after: ['Movie 4', 'Movie 9', 'Movie 2', 'Movie 8'],
        gained: ['Movie 9', 'Movie 8'],
        lost: ['Movie 1', 'Movie 3'],
        overlap: 2,
      },
    ]);
  });
  test('that the base does not know have no before', () => {
    const head = scoresWith({ error: () => 0.8, personas: [personaWith('Beginner', [1])] });
    expect(compare(base, head).personas[0]).toMatchObject({ name: 'Beginner', before: null, overlap: null });
  });
});
