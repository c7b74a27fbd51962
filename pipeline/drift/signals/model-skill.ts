import { total } from '../../math/histogram.ts';
import type { PerformanceSummary } from '../../ratings/performance.ts';
import { type Estimate, ratioOverUsers, ratioSums } from '../estimate.ts';
import { type Measurement, measured, unmeasured } from '../measurement.ts';
import type { DriftSignal, NewComparison } from './drift-signal.ts';
import type { ErrorRatio } from './parts.ts';

/** Squared errors of the champion over those of the stronger baseline; null when no baseline was measured. */
function errorRatio({ squaredErrors, baseline }: PerformanceSummary): ErrorRatio | null {
  if (baseline === null) return null;
  return {
    x: squaredErrors,
    n: total(baseline.bias) <= total(baseline.mean) ? baseline.bias : baseline.mean,
  };
}

/**
 * 1 − RMSE of the champion / RMSE of the stronger baseline, on the same ratings. The baselines are the damped biases of
 * the training data and its mean. The biases are the stronger one, unless movies or users are not who they seem to be:
 * then the mean is, and the skill is below 0.
 *
 * The variance is that of a ratio over users with the errors of each user as a pair, by the delta method for the root:
 * var(A / B) / (4·A / B).
 *
 * @returns null when no baseline was measured or the baseline made no error.
 * The skill score: A. H. Murphy (1988), Skill scores based on the mean square error, Monthly Weather Review 116,
 * 2417–2424, with roots.
 */
export function skillOf(performance: PerformanceSummary): Estimate | null {
  const errors = errorRatio(performance);
  if (errors === null) return null;
  const sums = ratioSums(errors.x, errors.n);
  if (sums.n === 0) return null;
  const ratio = ratioOverUsers(performance.userIds.length, sums);
  if (ratio.value === 0) return { value: 1, variance: 0, df: ratio.df };
  return { value: 1 - Math.sqrt(ratio.value), variance: ratio.variance / (4 * ratio.value), df: ratio.df };
}

function measureSkill({ performance: { window, holdout } }: NewComparison): Measurement {
  if (window === null || holdout === null) return unmeasured('No champion was scored.');
  if (window.counts.length === 0) return unmeasured('The champion was scored on no ratings.');
  if (holdout.counts.length === 0) return unmeasured('The champion has no holdout to compare with.');
  const now = skillOf(window);
  const before = skillOf(holdout);
  if (now === null || before === null) {
    return unmeasured(
      'The champion was not compared with a baseline when it was trained. The next training adds this.',
      now?.value ?? null,
      before?.value ?? null,
    );
  }
  return measured(
    {
      value: now.value,
      reference: before.value,
      effect: before.value - now.value,
      sampling: [now, before],
      isRelative: false,
    },
    [],
    { ratings: total(window.counts), users: Math.min(window.counts.length, holdout.counts.length) },
  );
}

/** How much of the champion's lead over the baseline is lost since its holdout; value and reference are shares. */
export const modelSkill = {
  name: 'model_skill',
  label: 'Skill of the champion (fall)',
  unit: 'share',
  onlyGrowth: true,
  thresholds: { robust: 0.05, classic: null },
  thresholdMeaning:
    "Fall of the champion's skill since its holdout. Skill is 1 - RMSE of the champion / RMSE of a baseline on the same ratings; the baseline is the stronger one of damped movie and user biases and the overall mean.",
  parts: { of: 'errors', ratio: errorRatio, shown: (ratio) => 1 - Math.sqrt(ratio) },
  measure: measureSkill,
  past: null,
} as const satisfies DriftSignal;
