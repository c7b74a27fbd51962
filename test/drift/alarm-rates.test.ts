import { expect, test } from 'vitest';
import { alarmShare } from './alarm-rates.ts';

const setting = { seed: 7, trainingBatches: 15, batches: 3, users: 120, ratingsPerUser: 83, shift: 0 };

test('of 200 checks without drift, with ratings that cluster by user, at most two find drift', () => {
  expect(alarmShare({ ...setting, sites: 8, checksPerSite: 25 })).toBeLessThanOrEqual(0.01);
});

test('a rise by a quarter star with 120 users is found', () => {
  expect(
    alarmShare({ ...setting, sites: 4, checksPerSite: 10, trainingBatches: 40, shift: 0.25 }),
  ).toBeGreaterThanOrEqual(0.95);
});
