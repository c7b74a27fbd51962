import type { Range } from '../estimate.ts';
import { forecast } from '../local-level.ts';
import { type Measurement, type Unmeasured, unmeasured } from '../measurement.ts';
import { MIN_PAST_WINDOWS } from '../past-windows.ts';
import type { Comparison, NewComparison, SignalMeasure } from './drift-signal.ts';

/**
 * Measures how much a number is above its level in the newest past windows, for numbers that are not zero without drift.
 *
 * @param statistic returns the number on a window, or the reason why there is none.
 * @param range the smallest and the largest value that the number can take.
 */
export function growthOverPast(
  statistic: (comparison: Comparison) => number | Unmeasured,
  range: Range,
): SignalMeasure {
  return {
    measure: (comparison) => {
      const value = statistic(comparison);
      return typeof value === 'number' ? growth(value, comparison, range) : value;
    },
    past: {
      required: true,
      width: 1,
      measure: (comparison) => {
        const value = statistic(comparison);
        return [typeof value === 'number' ? value : Number.NaN];
      },
    },
  };
}

/**
 * `reference` is the level of the newest past windows and `effect` the difference. The spread is that of a forecast of one
 * more window. It already includes the sampling of users.
 */
function growth(value: number, { past, basis }: NewComparison, [low, high]: Range): Measurement {
  const shown = (past?.rows ?? []).flat().filter((number) => !Number.isNaN(number));
  const count = shown.length;
  if (past === null || count < MIN_PAST_WINDOWS) {
    return unmeasured(
      `The training period has ${count} past windows to compare with; ${MIN_PAST_WINDOWS} are needed.`,
      value,
    );
  }
  const { value: level, variance, df } = forecast(shown);
  if (!past.comparable) {
    return unmeasured(
      'No past window of the training period is of comparable size and distance from its reference.',
      value,
      level,
    );
  }
  return {
    status: 'measured',
    value,
    reference: level,
    effect: value - level,
    spread: { variance, df, comparisons: 1, range: [low - level, high - level] },
    basis,
  };
}
