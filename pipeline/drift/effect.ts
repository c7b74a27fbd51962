import type { Estimate, Range, Uncertainty } from './estimate.ts';

/** A statistic on a window and on the reference, and the difference between both. */
export interface Effect {
  readonly value: number;
  readonly reference: number;
  /** The number that is compared with a threshold. */
  readonly effect: number;
  /** Independent parts of the effect's sampling variance: the window's and the reference's. */
  readonly sampling: readonly [window: Uncertainty, reference: Uncertainty];
  /** Whether the effect is a multiple of the reference, and not in the unit of the statistic. */
  readonly isRelative: boolean;
}

/** Window minus reference, in the statistic's own unit. */
export function absoluteChange(window: Estimate, reference: Estimate): Effect {
  return {
    value: window.value,
    reference: reference.value,
    effect: window.value - reference.value,
    sampling: [window, reference],
    isRelative: false,
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
    isRelative: true,
  };
}

/**
 * The same effect measured from another level of the reference: the uncertainty of that level takes the place of the
 * reference's.
 *
 * @param level as an effect against the reference.
 */
export function fromLevel({ sampling: [window], ...effect }: Effect, level: Estimate): Effect {
  const scale = effect.isRelative ? 1 + level.value : 1;
  const scaled = ({ variance, df }: Uncertainty): Uncertainty => ({ variance: variance / scale ** 2, df });
  return {
    ...effect,
    reference: effect.reference + level.value * (effect.isRelative ? effect.reference : 1),
    effect: (effect.effect - level.value) / scale,
    sampling: [scaled(window), scaled(level)],
  };
}

/** The limits of an effect, from those of its statistic. */
export function limitsOf({ reference, isRelative }: Effect, [low, high]: Range): Range {
  const unit = isRelative ? reference : 1;
  return [(low - reference) / unit, (high - reference) / unit];
}
