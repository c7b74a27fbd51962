import { z } from 'zod';
import type { SignalUnit } from '../drift/signals/drift-signal.ts';
import { DRIFT_SIGNALS } from '../drift/signals/list.ts';
import { about } from './about.ts';

/** The largest value that an effect of this unit can have; null when there is no limit. */
const LARGEST: Readonly<Record<SignalUnit, number | null>> = {
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
function thresholdsOf<P extends Preset>(preset: P) {
  const settings = DRIFT_SIGNALS.flatMap(({ name, unit, thresholds, thresholdMeaning }) => {
    const byDefault = thresholds[preset];
    if (byDefault === null) return [];
    const largest = LARGEST[unit];
    const effect = largest === null ? z.number().positive() : z.number().positive().max(largest);
    return [[name, effect.default(byDefault).meta(about(thresholdMeaning, 2 * byDefault))]];
  });
  return z.strictObject(Object.fromEntries(settings) as Thresholds<P>);
}

/** How the pipeline checks for drift. */
export const driftSettings = z
  .strictObject({
    preset: z
      .enum(['robust', 'classic'])
      .default('robust')
      .meta(
        about(
          'How signals are judged: `robust` by effect sizes and statistical tests over users, `classic` by fixed thresholds alone.',
          'classic',
        ),
      ),
    watchFraction: z
      .number()
      .min(0)
      .max(1)
      .default(0.6)
      .meta(about('The verdict is `watch` when an effect is at least this fraction of its threshold.', 0.8)),
    robust: z
      .strictObject({
        thresholds: thresholdsOf('robust').prefault({}).meta({
          description: 'The smallest effect of a signal that is drift.',
        }),
        familyWiseErrorRate: z
          .number()
          .positive()
          .max(0.5)
          .default(0.01)
          .meta(about('Probability that a check raises at least one false alarm, over all signals.', 0.05)),
        minUsers: z
          .int()
          .positive()
          .default(50)
          .meta(about('With fewer users in a window the verdict is `insufficient`.', 200)),
      })
      .prefault({})
      .meta({ description: 'Settings of the preset `robust`.' }),
    classic: z
      .strictObject({
        thresholds: thresholdsOf('classic').prefault({}).meta({
          description:
            'The smallest effect of a signal that is drift. Other signals are reported and raise no alert.',
        }),
        minRatings: z
          .int()
          .positive()
          .default(10_000)
          .meta(about('With fewer ratings in a window the verdict is `insufficient`.', 2_000)),
      })
      .prefault({})
      .meta({ description: 'Settings of the preset `classic`.' }),
  })
  .prefault({})
  .meta({ description: 'How the pipeline checks for drift.' });
