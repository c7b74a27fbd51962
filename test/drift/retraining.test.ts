import { describe, expect, test } from 'vitest';
import { decideRetraining, leastNewRatings, type RetrainingGain } from '../../pipeline/drift/retraining.ts';

const SETTINGS = {
  minGain: 0.005,
  minBufferShare: 0.01,
  maxBufferShare: 0.5,
  maxAgeDays: 180,
  coolDown: { trainings: 3, checks: 4 },
  minAlerts: 1,
  alertWindowHours: 168,
};
const now = new Date('2026-03-08T12:00:00Z');
const hoursAgo = (hours: number) => ({ raisedAt: new Date(now.getTime() - hours * 3_600_000) });
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
const QUIET = {
  alerts: [],
  newRatings: 2_000,
  trainedRatings: 100_000,
  trainedAt: daysAgo(7),
  recentTrainings: 0,
  gains: [],
  erasedUsers: 0,
  unknownGain: null,
  now,
};
const gain = (of: Partial<RetrainingGain>): RetrainingGain => ({
  kind: 'measured',
  metric: 'RMSE',
  gain: 0.02,
  interval: [0.01, 0.03],
  ...of,
});

const decide = (input: Partial<Parameters<typeof decideRetraining>[0]>) =>
  decideRetraining({ ...QUIET, ...input }, SETTINGS);

test('without drift, gain or age nothing is trained', () => {
  expect(decide({})).toEqual({
    decision: 'wait',
    reason: null,
    expectedGain: null,
    reasons: ['0 alerts in the last 168 h (needs 1)'],
  });
});

test('a decision without a gain says why it is unknown', () => {
  expect(decide({ unknownGain: 'nobody measured it' }).reasons).toEqual([
    '0 alerts in the last 168 h (needs 1)',
    'the gain of retraining is unknown: nobody measured it',
  ]);
  expect(decide({ unknownGain: 'nobody measured it', gains: [gain({ gain: 0 })] }).reasons[0]).toContain(
    'RMSE 0.0% better',
  );
});

describe('a gain', () => {
  test('worth having that its interval supports is a reason', () => {
    expect(decide({ gains: [gain({})] })).toEqual({
      decision: 'retrain',
      reason: 'gain',
      expectedGain: 0.02,
      reasons: [
        'a model retrained before the newest batch predicts it with RMSE 2.0% better [1.0% to 3.0%] (needs 0.5%)',
        '0 alerts in the last 168 h (needs 1)',
      ],
    });
  });
  test.each([
    ['below the smallest worth having', gain({ gain: 0.004, interval: [0.003, 0.005] })],
    ['that chance explains', gain({ interval: [-0.001, 0.041] })],
    ['of unknown uncertainty', gain({ interval: null })],
    ['that is a loss', gain({ gain: -0.02, interval: [-0.03, -0.01] })],
  ])('%s is no reason', (_, one) => {
    expect(decide({ gains: [one] }).decision).toBe('wait');
  });
  test('that is expected counts like a measured one, and the larger one is the expectation', () => {
    const gains = [
      gain({ gain: 0.001 }),
      gain({ kind: 'expected', gain: 0.015 }),
      gain({ metric: 'NDCG@10', gain: 0.2 }),
    ];
    expect(decide({ gains })).toMatchObject({ reason: 'gain', expectedGain: 0.015 });
  });
});

describe('drift', () => {
  test('with an alert in the window is a reason, and goes before a gain', () => {
    expect(decide({ alerts: [hoursAgo(167)], gains: [gain({})] })).toMatchObject({
      decision: 'retrain',
      reason: 'drift',
    });
  });
  test('with an older alert is none, and one that is as old as the window is long counts', () => {
    expect(decide({ alerts: [hoursAgo(169)] }).decision).toBe('wait');
    expect(decide({ alerts: [hoursAgo(168)] }).decision).toBe('retrain');
  });
});

describe('age', () => {
  test('is a reason from the limit on', () => {
    expect(decide({ trainedAt: daysAgo(180) })).toMatchObject({ decision: 'retrain', reason: 'age' });
    expect(decide({ trainedAt: daysAgo(179.9) }).decision).toBe('wait');
  });
  test('is also counted in new ratings', () => {
    expect(decide({ newRatings: 50_000 })).toMatchObject({ decision: 'retrain', reason: 'age' });
    expect(decide({ newRatings: 49_999 }).decision).toBe('wait');
  });
});

describe('nothing is trained', () => {
  test('with too few new ratings, whatever the reason', () => {
    const decision = decide({
      newRatings: 999,
      alerts: [hoursAgo(1)],
      gains: [gain({})],
      trainedAt: daysAgo(999),
    });
    expect(decision).toMatchObject({ decision: 'wait', reason: null });
    expect(decision.reasons[0]).toBe(
      '999 new ratings are 1.0% of those the champion was trained on (needs 1.0%)',
    );
    expect(leastNewRatings(100_000, SETTINGS)).toBe(1_000);
  });
  test('during the cool-down', () => {
    expect(decide({ alerts: [hoursAgo(1)], recentTrainings: 2 }).decision).toBe('retrain');
    const decision = decide({ alerts: [hoursAgo(1)], recentTrainings: 3 });
    expect(decision.decision).toBe('wait');
    expect(decision.reasons[0]).toBe('cool-down: 3 trainings in the last 3 checked batches (at most 3 in 4)');
  });
});

describe('erased users whom the champion has learned', () => {
  test('are a reason with few new ratings, and in the cool-down', () => {
    expect(decide({ erasedUsers: 2, newRatings: 1, recentTrainings: 3 })).toEqual({
      decision: 'retrain',
      reason: 'erasure',
      expectedGain: null,
      reasons: ['2 users were erased whom the champion has learned', '0 alerts in the last 168 h (needs 1)'],
    });
  });

  test('wait for a new rating, which the new model can be judged by', () => {
    const { decision, reason, reasons } = decide({ erasedUsers: 1, newRatings: 0 });
    expect([decision, reason]).toEqual(['wait', null]);
    expect(reasons[0]).toBe('1 user was erased whom the champion has learned');
  });

  test('leave the reason of a training that is due anyway', () => {
    expect(decide({ erasedUsers: 1, gains: [gain({})] }).reason).toBe('gain');
  });
});
