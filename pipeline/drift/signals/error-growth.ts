import type { PerformanceSummary } from '../../ratings/performance.ts';
import { limitsOf, relativeChange } from '../effect.ts';
import { type Estimate, ratioOverUsers, ratioSums } from '../estimate.ts';
import { measured, unmeasured } from '../measurement.ts';
import type { SignalMeasure } from './drift-signal.ts';

/** In stars, from 0.5 to 5. */
const LARGEST_ERROR = 4.5;

/** Mean error of all ratings, from the sum of errors of each user. Users are the observations. */
export function meanError(counts: Int32Array, errors: Float64Array): Estimate {
  return ratioOverUsers(counts.length, ratioSums(errors, counts));
}

/**
 * Relative growth of an error of the champion on new ratings over the same error on its holdout. Past windows are not
 * used, because the champion was trained on them.
 */
export function errorGrowth(errorOf: (performance: PerformanceSummary) => Estimate): SignalMeasure {
  return {
    measure: ({ performance: { window, holdout } }) => {
      if (window === null || holdout === null) return unmeasured('No champion was scored.');
      if (window.counts.length === 0) return unmeasured('The champion was scored on no ratings.');
      if (holdout.counts.length === 0) return unmeasured('The champion has no holdout to compare with.');
      const now = errorOf(window);
      const change = relativeChange(now, errorOf(holdout));
      if (change === null) return unmeasured('The champion made no error on its holdout.', now.value, 0);
      const basis = {
        ratings: window.counts.reduce((sum, count) => sum + count, 0),
        users: Math.min(window.counts.length, holdout.counts.length),
      };
      return measured(change, [], basis, limitsOf(change, [0, LARGEST_ERROR]));
    },
    past: null,
  };
}
