import { expect, test } from 'vitest';
import { type Schedule, silentSchedules } from '../../../pipeline/stages/drift/watchdog.ts';
import { parseConfig } from '../../../pipeline/stages/load-config.ts';

const { watchdog } = parseConfig({}, 'the test');
const NOW = new Date('2026-03-20T06:41:00Z');
const hoursAgo = (hours: number): Date => new Date(NOW.getTime() - hours * 3_600_000);
const ingest: Schedule = { workflow: 'ingest', lastRun: hoursAgo(216), isEnabled: true };
const drift: Schedule = { workflow: 'drift', lastRun: hoursAgo(50), isEnabled: true };

const silent = (schedules: readonly Schedule[], aliveSince = hoursAgo(1_000)) =>
  silentSchedules({ schedules, aliveSince, now: NOW }, watchdog);

test('schedules that ran within their limits are left in peace', () => {
  expect(silent([ingest, drift])).toEqual([]);
});

test('a schedule that is silent for longer is named with its last run and the command that runs it', () => {
  expect(silent([{ ...ingest, lastRun: hoursAgo(240.5) }, drift])).toEqual([
    {
      workflow: 'ingest',
      hoursSilent: 240,
      disabled: false,
      text: 'The workflow `ingest` has not run for 10 days; the limit is 9 days. Its last run was 2026-03-10 06:11 UTC.',
      remedy: expect.stringContaining('`gh workflow run ingest.yml`'),
    },
  ]);
});

test('a schedule that was switched off is named whenever it ran last', () => {
  const [found] = silent([{ ...drift, lastRun: hoursAgo(1), isEnabled: false }]);
  expect(found).toMatchObject({ workflow: 'drift', hoursSilent: 1, disabled: true });
  expect(found?.remedy).toContain('`gh workflow enable drift.yml`');
});

test('a schedule that has never run is silent once the pipeline is older than its limit', () => {
  const never = { ...ingest, lastRun: null };
  expect(silent([never], hoursAgo(200))).toEqual([]);
  expect(silent([never], hoursAgo(300))).toMatchObject([{ hoursSilent: null, disabled: false }]);
  expect(silent([never], hoursAgo(300))[0]?.text).toContain('It has never run.');
});
