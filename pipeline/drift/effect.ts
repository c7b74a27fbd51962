import type { Estimate, Uncertainty } from './estimate.ts';

/** A statistic on a window and on the reference, and the difference between both. */
export interface Effect {
  readonly value: number;
  readonly reference: number;
  /** The number that is compared with a threshold. */
  readonly effect: number;
  /** Independent parts of the effect's sampling variance: the window's and the reference's. */
  readonly sampling: readonly Uncertainty[];
}

/** Window minus reference, in the statistic's own unit. */
export function absoluteChange(window: Estimate, reference: Estimate): Effect {
  return {
    value: window.value,
    reference: reference.value,
    effect: window.value - reference.value,
    sampling: [window, reference],
  };
}

/**
 * (window − reference) / reference, with variances by the delta method: v_w / r² + w²·v_r / r⁴.
 *
 * @returns null when the reference is 0, because then no relative change is defined.
 */
export function relativeChange(window: Estimate, reference: Estimate): Effect | null {
  const r = reference.value;
  if (r === 0) return null;
  return {
    value: window.value,
    reference: r,
    effect: (window.value - r) / r,
    sampling: [
      { variance: window.variance / r ** 2, df: window.df },
      { variance: (window.value ** 2 * reference.variance) / r ** 4, df: reference.df },
    ],
  };
}
