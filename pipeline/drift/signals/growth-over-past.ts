import { type Basis, type Measurement, unmeasured } from '../measurement.ts';
import { type ChosenPast, MIN_PAST_WINDOWS, type PastWindow } from '../past-windows.ts';

/**
 * How much a number that is never zero without drift lies above what past windows showed: `reference` is
 * their mean, `effect` the difference, and the spread that of one more window like them,
 * s²·(1 + 1/m) with m − 1 degrees of freedom (a prediction interval). What past windows showed contains
 * the chance of their users, so nothing is added for it.
 */
export function growthOverPast(
  value: number,
  past: ChosenPast | null,
  of: (window: PastWindow) => number | null,
  basis: Basis,
): Measurement {
  const shown = (past?.windows ?? []).flatMap((window) => of(window) ?? []);
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
