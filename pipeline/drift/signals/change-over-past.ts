import type { Effect } from '../effect.ts';
import { measured, pastEffects, pastRow, unmeasured } from '../measurement.ts';
import type { UserMoments } from '../user-moments.ts';
import type { SignalMeasure } from './drift-signal.ts';

/**
 * Measures a change of a statistic against the training data. Changes of past windows widen its interval.
 *
 * @param change returns null when the reference is 0, because then no relative change is defined.
 */
export function changeOverPast(
  change: (window: UserMoments, reference: UserMoments) => Effect | null,
): SignalMeasure {
  return {
    measure: ({ window, reference, past, basis }) => {
      const now = change(window.moments, reference.moments);
      return now
        ? measured(now, pastEffects(past?.rows ?? []), basis)
        : unmeasured('All reference ratings are equal, so a change relative to their spread is undefined.');
    },
    past: {
      width: 2,
      measure: ({ window, reference }) => pastRow([change(window.moments, reference.moments)]),
    },
  };
}
