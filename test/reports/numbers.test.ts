import { describe, expect, it } from 'vitest';
import { DRIFT_SIGNALS } from '../../pipeline/drift/signals/list.ts';
import { formatMetric } from '../../pipeline/reports/metric-text.ts';
import {
  formatBytes,
  formatChange,
  formatCount,
  formatDay,
  formatInstant,
  formatPercent,
  formatPoints,
  formatSeconds,
  formatStars,
} from '../../pipeline/reports/numbers.ts';
import {
  formatEffect,
  formatInterval,
  formatSignalValue,
  formatThreshold,
} from '../../pipeline/reports/signal-numbers.ts';

describe('numbers as people read them', () => {
  it.each([
    [formatCount(200_000), '200,000'],
    [formatStars(3.756), '3.76★'],
    [formatStars(0.24, 'signed'), '+0.24★'],
    [formatStars(-0.24, 'signed'), '−0.24★'],
    [formatPercent(0.0724), '7.2%'],
    [formatChange(0.0724), '+7.2%'],
    [formatChange(-0.0724), '−7.2%'],
    [formatPoints(0.013), '+1.3 pt'],
    [formatMetric('rmse', 0.871), '0.8710'],
    [formatMetric('rmse', -0.013, 'signed'), '−0.0130'],
    [formatMetric('coverage', 0.312), '31.2%'],
    [formatMetric('coverage', 0.02, 'signed'), '+2.0 pt'],
    [formatInstant(new Date('2026-03-07T09:30:59.999Z')), '2026-03-07 09:30 UTC'],
    [formatDay(1_772_870_000), '2026-03-07'],
  ])('%j is %j', (formatted, expected) => {
    expect(formatted).toBe(expected);
  });

  it.each([
    [0.0004, '0 ms'],
    [0.0384, '38 ms'],
    [0.9996, '1.0 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.6, '1 min 0 s'],
    [185, '3 min 5 s'],
    [7800, '2 h 10 min'],
  ])('%d s last %j', (seconds, expected) => {
    expect(formatSeconds(seconds)).toBe(expected);
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [999_960, '1.0 MB'],
    [1_043_208, '1.0 MB'],
    [5e15, '5000.0 TB'],
  ])('%d bytes are %j', (bytes, expected) => {
    expect(formatBytes(bytes)).toBe(expected);
  });

  it('gives what rounds to zero no sign', () => {
    expect(formatChange(-0.00001)).toBe('0.0%');
    expect(formatChange(0.00001)).toBe('0.0%');
    expect(formatStars(-0, 'signed')).toBe('0.00★');
  });

  it('writes a dash where there is no number', () => {
    const none = [
      formatCount(null),
      formatStars(null),
      formatPercent(null),
      formatChange(null),
      formatPoints(null),
      formatMetric('coverage', null),
      formatSeconds(null),
      formatBytes(null),
      formatInstant(null),
      formatDay(null),
    ];
    expect(new Set(none)).toEqual(new Set(['–']));
  });
});

it('writes every signal in its own unit', () => {
  const lines = DRIFT_SIGNALS.map(({ name }) => [
    name,
    [
      formatSignalValue(name, 0.9),
      formatEffect({ name, effect: 0.05 }),
      formatInterval({ name, interval: [-0.01, 0.11] }),
      formatThreshold({ name, threshold: 0.1 }),
    ].join(' | '),
  ]);
  expect(Object.fromEntries(lines)).toEqual({
    rating_distribution_ks: '0.9000 | 0.0500 | [−0.0100, 0.1100] | 0.1000',
    rating_mean: '0.900★ | +5.0% | [−1.0%, +11.0%] | 10.0%',
    rating_std: '0.900★ | +5.0% | [−1.0%, +11.0%] | 10.0%',
    user_mean_shift: '0.90★ | +0.05★ | [−0.01★, +0.11★] | 0.10★',
    genre_js: '0.9000 | +0.0500 | [−0.0100, +0.1100] | 0.1000',
    new_movie_share: '90.0% | +5.0 pt | [−1.0 pt, +11.0 pt] | 10.0 pt',
    new_user_share: '90.0% | +5.0 pt | [−1.0 pt, +11.0 pt] | 10.0 pt',
    model_skill: '90.0% | +5.0 pt | [−1.0 pt, +11.0 pt] | 10.0 pt',
    ranking_skill: '90.0% | +5.0 pt | [−1.0 pt, +11.0 pt] | 10.0 pt',
    model_rmse: '0.900★ | +5.0% | [−1.0%, +11.0%] | 10.0%',
    model_mae: '0.900★ | +5.0% | [−1.0%, +11.0%] | 10.0%',
  });
  const [{ name }] = DRIFT_SIGNALS;
  const none = { name, effect: null, interval: null, threshold: null };
  expect([formatEffect(none), formatInterval(none), formatThreshold(none)]).toEqual(['–', '–', '–']);
});
