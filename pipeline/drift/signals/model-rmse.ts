import type { PerformanceSummary } from '../../ratings/performance.ts';
import type { Estimate } from '../estimate.ts';
import type { Measurement } from '../measurement.ts';
import { errorGrowth, meanError } from '../performance-error.ts';

/** Root of the mean squared error in stars; its variance by the delta method, var(MSE) / (4·MSE). */
function rootMeanSquaredError({ counts, squaredErrors }: PerformanceSummary): Estimate {
  const mse = meanError(counts, squaredErrors);
  if (mse.value === 0) return { value: 0, variance: 0, df: mse.df };
  return { value: Math.sqrt(mse.value), variance: mse.variance / (4 * mse.value), df: mse.df };
}

/** `model_rmse`: relative growth of the champion's RMSE over its holdout; value and reference in stars. */
export function measureRmse(
  window: PerformanceSummary | null,
  holdout: PerformanceSummary | null,
): Measurement {
  return errorGrowth(window, holdout, rootMeanSquaredError);
}
