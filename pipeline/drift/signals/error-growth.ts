import type { PerformanceSummary } from '../../ratings/performance.ts';
import { limitsOf, relativeChange } from '../effect.ts';
import { type Estimate, ratioOverUsers, ratioSums, sumOfUncertainties } from '../estimate.ts';
import { measured, type PairedEffect, unmeasured } from '../measurement.ts';
import type { SignalMeasure } from './drift-signal.ts';

/** In stars, from 0.5 to 5. */
export const LARGEST_ERROR = 4.5;

/** An error of the champion, and how much larger it is than that of the bias baseline on the same ratings. */
interface ErrorOnRatings {
  readonly own: (performance: PerformanceSummary) => Estimate;
  /** In stars; below 0 when the champion is better. Null when no baseline was measured. */
  readonly beyondBaseline: (performance: PerformanceSummary) => Estimate | null;
}

/** Mean error of all ratings, from the sum of errors of each user. Users are the observations. */
export function meanError(counts: Int32Array, errors: Float64Array): Estimate {
  return ratioOverUsers(counts.length, ratioSums(errors, counts));
}

/**
 * The mean difference of two errors on the same ratings, from the sum of differences of each user. Users are the
 * observations, each with both errors as a pair.
 */
export function meanDifference(counts: Int32Array, differences: Float64Array): Estimate {
  return ratioOverUsers(counts.length, ratioSums(differences, counts), 'alike');
}

/**
 * Relative growth of an error of the champion on new ratings over the same error on its holdout. Past windows are not
 * used, because the champion was trained on them.
 *
 * A hard stretch of ratings makes every error grow. The paired form leaves it out: the difference between the champion
 * and the bias baseline on the same ratings, minus that on the holdout, relative to the error on the holdout. It decides
 * nothing: the verdict is about the error itself.
 */
export function errorGrowth({ own, beyondBaseline }: ErrorOnRatings): SignalMeasure {
  return {
    measure: ({ performance: { window, holdout } }) => {
      if (window === null || holdout === null) return unmeasured('No champion was scored.');
      if (window.counts.length === 0) return unmeasured('The champion was scored on no ratings.');
      if (holdout.counts.length === 0) return unmeasured('The champion has no holdout to compare with.');
      const now = own(window);
      const before = own(holdout);
      const change = relativeChange(now, before);
      if (change === null) return unmeasured('The champion made no error on its holdout.', now.value, 0);
      const basis = {
        ratings: window.counts.reduce((sum, count) => sum + count, 0),
        users: Math.min(window.counts.length, holdout.counts.length),
      };
      const paired = pairedGrowth(beyondBaseline(window), beyondBaseline(holdout), before.value);
      return { ...measured(change, [], basis, limitsOf(change, [0, LARGEST_ERROR])), paired };
    },
    past: null,
  };
}

/** @param unit the error on the holdout. Its own uncertainty is not counted: it only scales the effect. */
function pairedGrowth(now: Estimate | null, before: Estimate | null, unit: number): PairedEffect | null {
  if (now === null || before === null) return null;
  const spread = sumOfUncertainties(
    [now, before].map(({ variance, df }) => ({ variance: variance / unit ** 2, df })),
  );
  const limits = [-LARGEST_ERROR, LARGEST_ERROR].map((limit) => (limit - before.value) / unit);
  return {
    value: now.value,
    reference: before.value,
    effect: (now.value - before.value) / unit,
    spread: spread && { ...spread, comparisons: 1, range: limits as [number, number] },
  };
}
