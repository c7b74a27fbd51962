import { type Measurement, type Unmeasured, unmeasured } from '../measurement.ts';
import { MIN_PAST_WINDOWS } from '../past-windows.ts';
import type { Comparison, NewComparison, SignalMeasure } from './drift-signal.ts';

/**
 * Measures how much a number is above its mean in past windows, for numbers that are not zero without drift.
 *
 * @param statistic returns the number on a window, or the reason why there is none.
 */
export function growthOverPast(statistic: (comparison: Comparison) => number | Unmeasured): SignalMeasure {
  return {
    measure: (comparison) => {
      const value = statistic(comparison);
      return typeof value === 'number' ? growth(value, comparison) : value;
    },
    past: {
      width: 1,
      measure: (comparison) => {
        const value = statistic(comparison);
        return [typeof value === 'number' ? value : Number.NaN];
      },
    },
  };
}

/**
 * `reference` is the mean of past windows and `effect` the difference. The spread is that of a prediction interval for
 * one more window: s²·(1 + 1/m) with m − 1 degrees of freedom. It already includes the sampling of users.
 */
function growth(value: number, { past, basis }: NewComparison): Measurement {
  const shown = (past?.rows ?? []).flat().filter((number) => !Number.isNaN(number));
  const count = shown.length;
  if (past === null || count < MIN_PAST_WINDOWS) {
    return unmeasured(
      `The training period has ${count} past windows to compare with; ${MIN_PAST_WINDOWS} are needed.`,
      value,
    );
  }
  const mean = shown.reduce((sum, one) => sum + one, 0) / count;
  if (!past.comparable) {
    return unmeasured(
      'No past window of the training period is of comparable size and distance from its reference.',
      value,
      mean,
    );
  }
  const variance = shown.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (count - 1);
  return {
    status: 'measured',
    value,
    reference: mean,
    effect: value - mean,
    spread: {
      variance: variance * (1 + 1 / count),
      df: count - 1,
      comparisons: 1,
      floor: Number.NEGATIVE_INFINITY,
    },
    basis,
  };
}
