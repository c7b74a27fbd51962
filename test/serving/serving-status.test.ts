import { expect, test } from 'vitest';
import { lateness, type ServingStatus } from '../../pipeline/serving/serving-status.ts';

const NOW = new Date('2026-03-11T06:00:00Z');
const EMPTY: ServingStatus = {
  at: '2026-03-11T06:00:00.000Z',
  champion: null,
  lastIngest: null,
  lastCheck: null,
  openAlerts: 0,
  bufferRatings: 0,
  feedbackWaiting: 0,
  ingestHours: 216,
  driftHours: 50,
};
const ingestedAt = (at: string) => ({
  batchId: 1,
  source: 'week-01.parquet',
  at,
  new: 1,
  updated: 0,
  unchanged: 0,
  rejected: 0,
});
const checkedAt = (at: string) => ({ at, verdict: 'ok' as const, modelVersion: 1, signals: [] });

test('each schedule is late when it has been silent for longer than it may', () => {
  const status = {
    ...EMPTY,
    lastIngest: ingestedAt('2026-03-02T06:00:00.000Z'),
    lastCheck: checkedAt('2026-03-09T03:30:00.000Z'),
  };
  expect(lateness(status, NOW)).toEqual({
    ingest: { hours: 216, isLate: false },
    drift: { hours: 50.5, isLate: true },
  });
});

test('before the first batch and check, silence is counted from the promotion', () => {
  const champion = { version: 1, promotedAt: '2026-03-01T06:00:00.000Z' };
  expect(lateness({ ...EMPTY, champion }, NOW)).toEqual({
    ingest: { hours: 240, isLate: true },
    drift: { hours: 240, isLate: true },
  });
});

test('a pipeline that has not begun is not late', () => {
  const unknown = { hours: null, isLate: false };
  expect(lateness(EMPTY, NOW)).toEqual({ ingest: unknown, drift: unknown });
  const champion = { version: 1, promotedAt: null };
  expect(lateness({ ...EMPTY, champion }, NOW)).toEqual({ ingest: unknown, drift: unknown });
});

test('a batch that a clock ahead of this one took in is zero hours old', () => {
  const status = { ...EMPTY, lastIngest: ingestedAt('2026-03-11T06:00:30.000Z') };
  expect(lateness(status, NOW).ingest).toEqual({ hours: 0, isLate: false });
});
