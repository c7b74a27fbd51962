import type { PerformanceSummary } from '../../ratings/performance.ts';
import type { Measurement } from '../measurement.ts';
import { errorGrowth, meanError } from '../performance-error.ts';

/** `model_mae`: relative growth of the champion's MAE over its holdout; value and reference in stars. */
export function measureMae(
  window: PerformanceSummary | null,
  holdout: PerformanceSummary | null,
): Measurement {
  return errorGrowth(window, holdout, ({ counts, absoluteErrors }) => meanError(counts, absoluteErrors));
}
