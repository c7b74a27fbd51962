import type { PerformanceSummary } from '../../ratings/performance.ts';
import type { Estimate } from '../estimate.ts';
import type { DriftSignal } from './drift-signal.ts';
import { errorGrowth, meanDifference, meanError } from './error-growth.ts';

/** Root of the mean squared error in stars; its variance by the delta method, var(MSE) / (4·MSE). */
function rootMeanSquaredError({ counts, squaredErrors }: PerformanceSummary): Estimate {
  const mse = meanError(counts, squaredErrors);
  if (mse.value === 0) return { value: 0, variance: 0, df: mse.df };
  return { value: Math.sqrt(mse.value), variance: mse.variance / (4 * mse.value), df: mse.df };
}

/**
 * RMSE of the champion minus RMSE of the bias baseline on the same ratings, in stars; null when no baseline was measured.
 * By the delta method its variance is that of the mean of a / (2·RMSE_a) − b / (2·RMSE_b), where a and b are the squared
 * errors of the two. A root of 0 has no variance.
 */
function rootDifference({ counts, squaredErrors, baseline }: PerformanceSummary): Estimate | null {
  if (baseline === null) return null;
  const [own, plain] = [squaredErrors, baseline.bias].map((errors) =>
    Math.sqrt(meanError(counts, errors).value),
  ) as [number, number];
  const linear = (error: number, root: number): number => (root === 0 ? 0 : error / (2 * root));
  const { variance, df } = meanDifference(
    counts,
    squaredErrors.map((error, user) => linear(error, own) - linear(baseline.bias[user] as number, plain)),
  );
  return { value: own - plain, variance, df };
}

/** Relative growth of the champion's RMSE over its holdout; value and reference in stars. */
export const modelRmse = {
  name: 'model_rmse',
  label: 'RMSE of the champion',
  unit: 'relative-stars',
  onlyGrowth: true,
  thresholds: { robust: 0.1, classic: 0.1 },
  thresholdMeaning: "Relative growth of the champion's RMSE, compared with its holdout.",
  parts: {
    of: 'errors',
    ratio: ({ counts, squaredErrors }) => ({ x: squaredErrors, n: counts }),
    shown: Math.sqrt,
  },
  ...errorGrowth({ own: rootMeanSquaredError, beyondBaseline: rootDifference }),
} as const satisfies DriftSignal;
