import { expect, test } from 'vitest';
import { alarmShare, alarmsBySignal } from './alarm-rates.ts';

// Six batches of about 11,000 ordinary ratings, and a seventh batch one star higher.
const setting = {
  seed: 3,
  sites: 1,
  checksPerSite: 4,
  trainingBatches: 12,
  batches: 7,
  users: 130,
  ratingsPerUser: 90,
  shift: 1,
};

test.each(['robust', 'classic'] as const)(
  'one shifted window inside a large quiet buffer is found by %s',
  (preset) => {
    expect(alarmShare({ ...setting, preset })).toBe(1);
  },
);

test('the shifted window is found alone, while the buffer dilutes it', () => {
  const alarms = alarmsBySignal({ ...setting, preset: 'classic' });
  expect(alarms.get('newest rating_mean')).toBe(setting.checksPerSite);
  expect(alarms.get('buffer rating_mean')).toBeUndefined();
});
