import { type Effect, fromLevel, limitsOf } from '../effect.ts';
import type { Range } from '../estimate.ts';
import { betweenWindows, isDeparted, recentLevel } from '../local-level.ts';
import { measured, pastEffects, pastRow, unmeasured } from '../measurement.ts';
import { MIN_PAST_WINDOWS } from '../past-windows.ts';
import type { UserMoments } from '../user-moments.ts';
import type { SignalMeasure } from './drift-signal.ts';

/**
 * Measures a change of a statistic against the training data. How much past batches vary widens its interval.
 *
 * When the newest past windows had already left the mean of the training data, by a break or a trend, the change is
 * measured from the nearer one of that mean and their level: what was so before the training is no news.
 *
 * @param change returns null when the reference is 0, because then no relative change is defined.
 * @param range the smallest and the largest value that the statistic can take.
 */
export function changeOverPast(
  change: (window: UserMoments, reference: UserMoments) => Effect | null,
  range: Range,
): SignalMeasure {
  return {
    measure: ({ window, reference, past, basis }) => {
      const now = change(window.moments, reference.moments);
      if (now === null) {
        return unmeasured(
          'All reference ratings are equal, so a change relative to their spread is undefined.',
        );
      }
      const effects = pastEffects(past?.batches.rows ?? []);
      if (past === null || effects.length < MIN_PAST_WINDOWS) {
        return measured(now, [], basis, limitsOf(now, range));
      }
      const between = betweenWindows(effects);
      const level = recentLevel(effects, between);
      const recent = fromLevel(now, level);
      const isNearer = Math.abs(recent.effect) < Math.abs(now.effect);
      const compared = isNearer && isDeparted(level, now.sampling[1]) ? recent : now;
      const ofWindow = { variance: between.variance / past.batches.count, df: between.df };
      return measured(compared, [ofWindow], basis, limitsOf(compared, range));
    },
    past: {
      required: false,
      width: 2,
      measure: ({ window, reference }) => pastRow([change(window.moments, reference.moments)]),
    },
  };
}
