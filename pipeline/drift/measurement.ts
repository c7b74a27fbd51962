import { studentCritical, studentTwoSided } from '../math/student-t.ts';
import type { Effect } from './effect.ts';
import { type Range, sumOfUncertainties, type Uncertainty } from './estimate.ts';
import type { PastEffect } from './local-level.ts';
import type { PastRow } from './past-windows.ts';

/** A signal on one window, before it is compared with a threshold. */
export type Measurement = Measured | Unmeasured;

export interface Measured {
  readonly status: 'measured';
  readonly value: number;
  readonly reference: number | null;
  readonly effect: number;
  /** The variation of the effect by chance and without drift; null when there are too few users. */
  readonly spread: Spread | null;
  readonly basis: Basis;
  /** The same change beyond that of a baseline on the same ratings; null without one. @default null */
  readonly paired?: PairedEffect | null;
}

/** A change of the difference between a model and a baseline on the same ratings. It decides nothing. */
export interface PairedEffect {
  /** Model minus baseline on the window, in the unit of the value. */
  readonly value: number;
  /** Model minus baseline on the reference. */
  readonly reference: number;
  /** In the unit of the effect. */
  readonly effect: number;
  readonly spread: Spread | null;
}

export interface Unmeasured {
  readonly status: 'unmeasured';
  readonly value: number | null;
  readonly reference: number | null;
  /** The reason, in one sentence. */
  readonly note: string;
}

export interface Spread extends Uncertainty {
  /** Number of candidates of which the effect is the largest: 1, or 9 for Kolmogorov–Smirnov. */
  readonly comparisons: number;
  /** The smallest and the largest value that the effect can take. */
  readonly range: Range;
}

/** The amount of data of a measurement. */
export interface Basis {
  /** Ratings in the window. */
  readonly ratings: number;
  /** Users in the window or in the reference, whichever has fewer. */
  readonly users: number;
}

export function unmeasured(
  note: string,
  value: number | null = null,
  reference: number | null = null,
): Unmeasured {
  return { status: 'unmeasured', value, reference, note };
}

/**
 * The measurement of an effect. Its variance comes from the sampling of users.
 *
 * @param others further independent parts of the variance, for instance how much windows differ without drift.
 * @param range the smallest and the largest value that the effect can take.
 */
export function measured(
  effect: Effect,
  others: readonly Uncertainty[],
  basis: Basis,
  range: Range = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
): Measured {
  const spread = sumOfUncertainties([...effect.sampling, ...others]);
  return {
    status: 'measured',
    value: effect.value,
    reference: effect.reference,
    effect: effect.effect,
    spread: spread && { ...spread, comparisons: 1, range },
    basis,
  };
}

/**
 * Effects as a row of numbers: effect, sampling variance of the window, effect, variance, and so on. Unknown ones are NaN.
 * The reference's variance is left out: neighbouring windows share most of their reference.
 */
export function pastRow(changes: readonly (Effect | null)[]): PastRow {
  return changes.flatMap((change) => {
    const variance = change?.sampling[0].variance ?? Number.POSITIVE_INFINITY;
    return change && Number.isFinite(variance) ? [change.effect, variance] : [Number.NaN, Number.NaN];
  });
}

/**
 * Reads one effect of each row of `pastRow`. Rows where it is unknown are left out.
 *
 * @param place position of the effect in its row, from 0.
 */
export function pastEffects(rows: readonly PastRow[], place = 0): readonly PastEffect[] {
  return rows
    .map((row) => ({ effect: row[2 * place] as number, variance: row[2 * place + 1] as number }))
    .filter(({ effect }) => !Number.isNaN(effect));
}

/** Two-sided p-value of "no effect". */
export function pValueOf(effect: number, { variance, df, comparisons }: Spread): number {
  if (effect === 0) return 1;
  return Math.min(1, comparisons * studentTwoSided(effect / Math.sqrt(variance), df));
}

/** Half the width of the confidence interval, before it is cut to what is possible. */
export function halfWidthOf({ variance, df, comparisons }: Spread, alpha: number): number {
  return variance === 0 ? 0 : studentCritical(alpha / comparisons, df) * Math.sqrt(variance);
}

/** The confidence interval of an effect, simultaneous over all candidates, within what is possible. */
export function intervalOf(effect: number, spread: Spread, alpha: number): readonly [number, number] {
  const half = halfWidthOf(spread, alpha);
  const [low, high] = spread.range;
  return [Math.max(low, effect - half), Math.min(high, effect + half)];
}
