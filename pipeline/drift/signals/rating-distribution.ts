import { absoluteChange, type Effect } from '../effect.ts';
import { ratioOverUsers, sumOfUncertainties } from '../estimate.ts';
import {
  type Basis,
  betweenWindows,
  type Measurement,
  pastEffects,
  pastRow,
  unmeasured,
} from '../measurement.ts';
import type { PastRow } from '../past-windows.ts';
import { CUTS, type UserMoments } from '../user-moments.ts';
import type { DriftSignal } from './drift-signal.ts';
import { type LevelCounts, type LevelScores, meanScore } from './parts.ts';

/** At each of the 9 cuts, the share of ratings up to it: window minus reference. */
function distributionChanges(window: UserMoments, reference: UserMoments): readonly Effect[] {
  const shareUpTo = ({ users, n, nn, cut, cutN, cutCut }: UserMoments, k: number) =>
    ratioOverUsers(users, {
      x: cut[k] as number,
      n,
      xx: cutCut[k] as number,
      xn: cutN[k] as number,
      nn,
    });
  return Array.from({ length: CUTS }, (_, k) =>
    absoluteChange(shareUpTo(window, k), shareUpTo(reference, k)),
  );
}

/**
 * The two-sample Kolmogorov–Smirnov distance D of all ratings, 0 to 1, as `scipy.stats.ks_2samp` gives it.
 * Value and effect are D; there is no reference. Ratings have ten values, so D is the largest of nine differences. The
 * spread is that of the cut with the largest difference, with a Bonferroni correction for nine candidates.
 *
 * @param past for each past window, its nine differences with their variances.
 */
export function measureDistribution(
  window: UserMoments,
  reference: UserMoments,
  past: readonly PastRow[],
  basis: Basis,
): Measurement {
  const changes = distributionChanges(window, reference);
  const distances = changes.map(({ effect }) => Math.abs(effect));
  const distance = Math.max(...distances);
  const cut = distances.indexOf(distance);
  const change = changes[cut];
  if (change === undefined) return unmeasured('There are no ratings to compare.');
  const spread = sumOfUncertainties([...change.sampling, betweenWindows(pastEffects(past, cut))]);
  return {
    status: 'measured',
    value: distance,
    reference: null,
    effect: distance,
    spread: spread && { ...spread, comparisons: CUTS, floor: 0 },
    basis,
  };
}

/** Ratings up to the cut with the largest difference of shares, with the sign that makes the difference positive. */
function largestCut(window: LevelCounts, reference: LevelCounts): LevelScores {
  const cuts = Array.from({ length: CUTS }, (_, cut) => {
    const scores = Array.from({ length: CUTS + 1 }, (_, level) => (level <= cut ? 1 : 0));
    return { scores, change: meanScore(window, scores) - meanScore(reference, scores) };
  });
  const { scores, change } = cuts.reduce((a, b) => (Math.abs(b.change) > Math.abs(a.change) ? b : a));
  return { window: scores, reference: scores, scale: change < 0 ? -1 : 1, shown: (share) => share };
}

export const ratingDistribution = {
  name: 'rating_distribution_ks',
  label: 'Rating distribution (KS)',
  unit: 'distance',
  onlyGrowth: false,
  thresholds: { robust: 0.1, classic: 0.05 },
  thresholdMeaning: 'Kolmogorov-Smirnov distance between the two distributions of ratings.',
  parts: { of: 'levels', scores: largestCut },
  measure: ({ window, reference, past, basis }) =>
    measureDistribution(window.moments, reference.moments, past?.rows ?? [], basis),
  past: {
    width: 2 * CUTS,
    measure: ({ window, reference }) => pastRow(distributionChanges(window.moments, reference.moments)),
  },
} as const satisfies DriftSignal;
