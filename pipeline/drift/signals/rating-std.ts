import { type Effect, relativeChange } from '../effect.ts';
import { type Estimate, overUsers } from '../estimate.ts';
import type { UserMoments } from '../user-moments.ts';
import { changeOverPast } from './change-over-past.ts';
import type { DriftSignal } from './drift-signal.ts';
import { type LevelCounts, type LevelScores, meanScore, STARS } from './parts.ts';

/**
 * The standard deviation of all ratings (divided by N) in stars. Its variance by linearisation: user u adds
 * z_u = Σ(x − m)² − V·n_u to the deviation of the sample variance V, and the root divides by 4V.
 */
function standardDeviationStars(moments: UserMoments): Estimate {
  const { users, n, s, q, nn, ns, nq, ss, sq, qq } = moments;
  const mean = s / n;
  const variance = Math.max(0, q / n - mean ** 2);
  if (variance === 0) return { value: 0, variance: 0, df: users - 1 };
  // z_u = q_u − 2m·s_u + (m² − V)·n_u
  const b = -2 * mean;
  const c = mean ** 2 - variance;
  const squares = qq + b * b * ss + c * c * nn + 2 * (b * sq + c * nq + b * c * ns);
  const total = overUsers(users, squares, moments);
  return {
    value: Math.sqrt(variance) / 2,
    variance: total.variance / n ** 2 / (4 * variance) / 4,
    df: total.df,
  };
}

/** Relative change of the standard deviation of all ratings; value and reference in stars. */
export function ratingStdChange(window: UserMoments, reference: UserMoments): Effect | null {
  return relativeChange(standardDeviationStars(window), standardDeviationStars(reference));
}

/** Squared deviations from the mean of the own side. σ_w − σ_r is the difference of the variances over σ_w + σ_r. */
function squaredDeviations(window: LevelCounts, reference: LevelCounts): LevelScores | null {
  const scores = (counts: LevelCounts): readonly number[] => {
    const mean = meanScore(counts, STARS);
    return STARS.map((stars) => (stars - mean) ** 2);
  };
  const [now, before] = [scores(window), scores(reference)];
  const both = Math.sqrt(meanScore(window, now)) + Math.sqrt(meanScore(reference, before));
  return both > 0 ? { window: now, reference: before, scale: 1 / both, shown: Math.sqrt } : null;
}

export const ratingStd = {
  name: 'rating_std',
  label: 'Spread of ratings (SD)',
  unit: 'relative-stars',
  onlyGrowth: false,
  thresholds: { robust: 0.1, classic: 0.15 },
  thresholdMeaning: 'Relative change of the standard deviation of the ratings.',
  parts: { of: 'levels', scores: squaredDeviations },
  ...changeOverPast(ratingStdChange, [0, 2.25]),
} as const satisfies DriftSignal;
