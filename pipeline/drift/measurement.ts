import { studentCritical, studentTwoSided } from '../math/student-t.ts';
import type { Effect } from './effect.ts';
import { sumOfUncertainties, type Uncertainty } from './estimate.ts';
import { MIN_PAST_WINDOWS, type PastRow } from './past-windows.ts';

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
  /** The smallest value the effect can take. */
  readonly floor: number;
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
 * The measurement of an effect. Its variance comes from the sampling of users and, when there are past windows, from how
 * much windows differ without drift.
 */
export function measured(effect: Effect, past: readonly PastEffect[], basis: Basis): Measured {
  const spread = sumOfUncertainties([...effect.sampling, betweenWindows(past)]);
  return {
    status: 'measured',
    value: effect.value,
    reference: effect.reference,
    effect: effect.effect,
    spread: spread && { ...spread, comparisons: 1, floor: Number.NEGATIVE_INFINITY },
    basis,
  };
}

/** The effect in a past window, and its sampling variance. */
export interface PastEffect {
  readonly effect: number;
  readonly variance: number;
}

/** Effects as a row of numbers: effect, variance, effect, variance, and so on. Unknown ones are NaN. */
export function pastRow(changes: readonly (Effect | null)[]): PastRow {
  return changes.flatMap((change) => {
    const uncertainty = change && sumOfUncertainties(change.sampling);
    return uncertainty ? [change.effect, uncertainty.variance] : [Number.NaN, Number.NaN];
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

/**
 * The variance of effects between past windows that the sampling of users does not explain: the mean of their squares
 * minus the value expected from sampling alone, at least 0. It is the variance about zero, not about their mean, because
 * a window that differs from the past as much as every window did is ordinary.
 *
 * When windows differ only by sampling, the mean of m squares is about their mean sampling variance v̄ with standard
 * error v̄·√(2/m), so the part above v̄ is v̄·√(2/m)/√(2π) = v̄/√(πm) on average. This bias is subtracted as well, so
 * that the check stays sensitive.
 *
 * Formula: the moment estimate of R. DerSimonian and N. Laird (1986), Controlled Clinical Trials 7,
 * 177–188, with equal weights and known mean 0, minus its bias from truncation at 0.
 */
export function betweenWindows(past: readonly PastEffect[]): Uncertainty {
  const count = past.length;
  if (count < MIN_PAST_WINDOWS) return { variance: 0, df: 1 };
  const explained = 1 + 1 / Math.sqrt(Math.PI * count);
  const excess = past.reduce((sum, { effect, variance }) => sum + effect ** 2 - variance * explained, 0);
  return { variance: Math.max(0, excess / count), df: count };
}

/** Two-sided p-value of "no effect". */
export function pValueOf(effect: number, { variance, df, comparisons }: Spread): number {
  if (effect === 0) return 1;
  return Math.min(1, comparisons * studentTwoSided(effect / Math.sqrt(variance), df));
}

/** The confidence interval of an effect, simultaneous over all candidates. */
export function intervalOf(effect: number, spread: Spread, alpha: number): readonly [number, number] {
  const { variance, df, comparisons, floor } = spread;
  if (variance === 0) return [effect, effect];
  const half = studentCritical(alpha / comparisons, df) * Math.sqrt(variance);
  return [Math.max(floor, effect - half), effect + half];
}
