import { expect, test } from 'vitest';
import { decideRetraining } from '../../pipeline/drift/retraining.ts';

const config = { minAlerts: 1, alertWindowHours: 168, minBufferRatings: 50_000 };
const now = new Date('2026-03-08T12:00:00Z');
const hoursAgo = (hours: number) => ({ raisedAt: new Date(now.getTime() - hours * 3_600_000) });

test('an alert within the window and a full buffer start a training', () => {
  expect(decideRetraining({ alerts: [hoursAgo(167)], bufferRatings: 50_000, now }, config)).toEqual({
    decision: 'retrain',
    reasons: ['1 alert in the last 168 h (needs 1)', 'buffer holds 50,000 ratings (needs 50,000)'],
  });
});

test('an alert older than the window does not count', () => {
  const { decision, reasons } = decideRetraining(
    { alerts: [hoursAgo(169)], bufferRatings: 60_000, now },
    config,
  );
  expect(decision).toBe('wait');
  expect(reasons[0]).toBe('0 alerts in the last 168 h (needs 1)');
});

test('with too few new ratings the decision is to wait, with any number of alerts', () => {
  const alerts = [hoursAgo(1), hoursAgo(2)];
  const { decision, reasons } = decideRetraining({ alerts, bufferRatings: 31_200, now }, config);
  expect(decision).toBe('wait');
  expect(reasons).toEqual([
    '2 alerts in the last 168 h (needs 1)',
    'buffer holds 31,200 ratings (needs 50,000)',
  ]);
});
