import { total } from '../../math/histogram.ts';
import type { PerformanceSummary } from '../../ratings/performance.ts';
import type { DriftSignal } from './drift-signal.ts';
import { LARGEST_ERROR } from './error-growth.ts';
import type { ErrorRatio } from './parts.ts';
import { type Skill, skillFall } from './skill-fall.ts';

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
 * then the mean is, and the skill is below 0. The variance of the root of a ratio r is var(r) / (4·r).
 *
 * The skill score: A. H. Murphy (1988), Skill scores based on the mean square error, Monthly Weather Review 116,
 * 2417–2424, with roots.
 */
export const ratingSkill: Skill = {
  losses: errorRatio,
  largestLoss: ({ counts }) => LARGEST_ERROR ** 2 * total(counts),
  of: (ratio) => 1 - Math.sqrt(ratio),
  slope: (ratio) => 1 / (4 * ratio),
  counting: 'by size',
  notes: {
    unmeasured:
      'The champion was not compared with a baseline when it was trained. The next training adds this.',
    nothing: 'The baseline made no error.',
  },
};

/** How much of the champion's lead over the baseline is lost since its holdout; value and reference are shares. */
export const modelSkill = {
  name: 'model_skill',
  label: 'Skill of the champion (fall)',
  unit: 'share',
  onlyGrowth: true,
  thresholds: { robust: 0.05, classic: null },
  thresholdMeaning:
    "Fall of the champion's skill since its holdout. Skill is 1 - RMSE of the champion / RMSE of a baseline on the same ratings; the baseline is the stronger one of damped movie and user biases and the overall mean.",
  parts: { of: 'errors', ratio: ratingSkill.losses, shown: ratingSkill.of },
  ...skillFall(ratingSkill),
} as const satisfies DriftSignal;
