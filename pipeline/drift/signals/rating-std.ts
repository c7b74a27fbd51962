import { type Effect, relativeChange } from '../effect.ts';
import { type Estimate, varianceOfTotal } from '../estimate.ts';
import type { UserMoments } from '../user-moments.ts';
import { changeOverPast } from './change-over-past.ts';
import type { DriftSignal } from './drift-signal.ts';

/**
 * The standard deviation of all ratings (divided by N) in stars. Its variance by linearisation: user u adds
 * z_u = Σ(x − m)² − V·n_u to the deviation of the sample variance V, and the root divides by 4V.
 */
function standardDeviationStars({ users, n, s, q, nn, ns, nq, ss, sq, qq }: UserMoments): Estimate {
  const mean = s / n;
  const variance = Math.max(0, q / n - mean ** 2);
  if (variance === 0) return { value: 0, variance: 0, df: users - 1 };
  // z_u = q_u − 2m·s_u + (m² − V)·n_u
  const b = -2 * mean;
  const c = mean ** 2 - variance;
  const squares = qq + b * b * ss + c * c * nn + 2 * (b * sq + c * nq + b * c * ns);
  return {
    value: Math.sqrt(variance) / 2,
    variance: varianceOfTotal(users, squares) / n ** 2 / (4 * variance) / 4,
    df: users - 1,
  };
}

/** Relative change of the standard deviation of all ratings; value and reference in stars. */
export function ratingStdChange(window: UserMoments, reference: UserMoments): Effect | null {
  return relativeChange(standardDeviationStars(window), standardDeviationStars(reference));
}

export const ratingStd = {
  name: 'rating_std',
  label: 'Spread of ratings (SD)',
  unit: 'relative-stars',
  onlyGrowth: false,
  thresholds: { robust: 0.1, classic: 0.15 },
  thresholdMeaning: 'Relative change of the standard deviation of the ratings.',
  ...changeOverPast(ratingStdChange),
} as const satisfies DriftSignal;
