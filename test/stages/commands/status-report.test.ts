import { expect, test } from 'vitest';
import { type PipelineStatus, statusReport } from '../../../pipeline/stages/commands/status-report.ts';

const AT = new Date('2026-03-07T09:30:00Z');
const status: PipelineStatus = {
  at: AT,
  champion: { version: 12, promotedAt: new Date('2026-03-01T10:30:00Z'), rmse: 0.871 },
  bufferRatings: 40_000,
  minBufferRatings: 50_000,
  check: { checkedAt: new Date('2026-03-07T06:41:00Z'), verdict: 'drift', modelVersion: 12 },
  openAlerts: 1,
  acknowledgement: null,
  erased: null,
  quarantine: null,
  mute: null,
  episode: { issue: 41, stage: 'detected', requestedAt: null },
};

/** What stands beside a heading. */
const cell = (input: PipelineStatus, heading: string): string | undefined =>
  statusReport(input)
    .split('\n')
    .find((line) => line.startsWith(`| ${heading} |`))
    ?.split(' | ')[1]
    ?.replace(/ \|$/, '');

test('says in a small table what serves, what has arrived and what comes next', () => {
  expect(statusReport(status)).toBe(
    [
      '**Pipeline status, 2026-03-07 09:30 UTC**',
      '',
      '| What | State |',
      '| - | - |',
      '| Serving | model v12, since 2026-03-01 10:30 UTC (5 days), RMSE 0.8710 on its holdout |',
      '| New ratings | 40,000 since its training (retraining needs 50,000) |',
      '| Last check | **drift**, 2026-03-07 06:41 UTC, against v12 |',
      '| Alerts | 1 open |',
      '| Drift issue | 41, stage `detected` |',
      '| Muted | no |',
      '| Next | retraining when enough ratings have arrived |',
    ].join('\n'),
  );
});

test('names people without calling them', () => {
  const input: PipelineStatus = {
    ...status,
    openAlerts: 0,
    acknowledgement: { by: 'ada', at: AT },
    mute: { by: 'grace', until: new Date('2026-03-21T09:30:00Z') },
  };
  expect(cell(input, 'Alerts')).toBe('none open; the newest was acknowledged by `ada`, 2026-03-07 09:30 UTC');
  expect(cell(input, 'Muted')).toBe('by `grace` until 2026-03-21 09:30 UTC');
  expect(statusReport(input)).not.toContain('@');
});

test.each<[string, Partial<PipelineStatus>]>([
  ['the first model is trained', { champion: null }],
  [
    'the gate judges the challenger that was requested 2026-03-07 09:30 UTC',
    { episode: { issue: 41, stage: 'training', requestedAt: AT } },
  ],
  ['the released model is deployed', { episode: { issue: 41, stage: 'released', requestedAt: AT } }],
  ['the first check after the mute acts as usual', { mute: { by: 'ada', until: AT } }],
  ['nothing until a check finds drift', { openAlerts: 0, episode: null }],
  ['nothing until a check raises a new alert', { openAlerts: 0, acknowledgement: { by: 'ada', at: AT } }],
  [
    'retraining when a new batch has arrived',
    { bufferRatings: 60_000, episode: { issue: 41, stage: 'refused', requestedAt: AT } },
  ],
  ['the next check dispatches retraining', { bufferRatings: 60_000 }],
])('the next step is: %s', (next, change) => {
  expect(cell({ ...status, ...change }, 'Next')).toBe(next);
});
