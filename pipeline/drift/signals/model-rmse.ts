import type { PerformanceSummary } from '../../ratings/performance.ts';
import type { Estimate } from '../estimate.ts';
import type { DriftSignal } from './drift-signal.ts';
import { errorGrowth, meanError } from './error-growth.ts';

/** Root of the mean squared error in stars; its variance by the delta method, var(MSE) / (4·MSE). */
function rootMeanSquaredError({ counts, squaredErrors }: PerformanceSummary): Estimate {
  const mse = meanError(counts, squaredErrors);
  if (mse.value === 0) return { value: 0, variance: 0, df: mse.df };
  return { value: Math.sqrt(mse.value), variance: mse.variance / (4 * mse.value), df: mse.df };
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
  ...errorGrowth(rootMeanSquaredError),
} as const satisfies DriftSignal;
