import { z } from 'zod';
import type { SignalUnit } from '../drift/signals/drift-signal.ts';
import { DRIFT_SIGNALS } from '../drift/signals/list.ts';
import { group, setting } from './setting.ts';

/** The largest value that an effect of this unit can have; null when there is no limit. */
export const LARGEST_EFFECT: Readonly<Record<SignalUnit, number | null>> = {
  distance: 1,
  'distance-change': 1,
  share: 1,
  stars: 4.5,
  'relative-stars': null,
};

type Preset = 'robust' | 'classic';
type Thresholds<P extends Preset> = {
  [Signal in (typeof DRIFT_SIGNALS)[number] as Signal['thresholds'][P] extends number
    ? Signal['name']
    : never]: z.ZodDefault<z.ZodNumber>;
};

/** One setting for each signal that has a threshold in this preset. Its default and its meaning are in the signal. */
function thresholdsOf<P extends Preset>(preset: P, description: string) {
  const settings = DRIFT_SIGNALS.flatMap(({ name, unit, thresholds, thresholdMeaning }) => {
    const byDefault = thresholds[preset];
    if (byDefault === null) return [];
    const largest = LARGEST_EFFECT[unit];
    const effect = largest === null ? z.number().positive() : z.number().positive().max(largest);
    return [[name, setting(effect, byDefault, thresholdMeaning, 2 * byDefault)]];
  });
  return group(description, Object.fromEntries(settings) as Thresholds<P>);
}

export const driftSettings = group('How the pipeline checks for drift.', {
  preset: setting(
    z.enum(['robust', 'classic']),
    'robust',
    'How signals are judged: `robust` by effect sizes and statistical tests over users, `classic` by fixed thresholds alone.',
    'classic',
  ),
  watchFraction: setting(
    z.number().min(0).max(1),
    0.6,
    'The verdict is `watch` when an effect is at least this fraction of its threshold.',
    0.8,
  ),
  robust: group('Settings of the preset `robust`.', {
    thresholds: thresholdsOf('robust', 'The smallest effect of a signal that is drift.'),
    familyWiseErrorRate: setting(
      z.number().positive().max(0.5),
      0.01,
      'Probability that a check raises at least one false alarm, over all signals.',
      0.05,
    ),
    minUsers: setting(
      z.int().positive(),
      50,
      'With fewer users in a window the verdict is `insufficient`.',
      200,
    ),
  }),
  classic: group('Settings of the preset `classic`.', {
    thresholds: thresholdsOf(
      'classic',
      'The smallest effect of a signal that is drift. Other signals are reported and raise no alert.',
    ),
    minRatings: setting(
      z.int().positive(),
      10_000,
      'With fewer ratings in a window the verdict is `insufficient`.',
      2_000,
    ),
  }),
});
