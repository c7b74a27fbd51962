import { absoluteChange, type Effect, fromLevel } from '../effect.ts';
import { ratioOverUsers, sumOfUncertainties, type Uncertainty } from '../estimate.ts';
import { betweenWindows, isDeparted, recentLevel } from '../local-level.ts';
import { type Basis, type Measurement, pastEffects, pastRow, unmeasured } from '../measurement.ts';
import { MIN_PAST_WINDOWS, type SignalPast } from '../past-windows.ts';
import { CUTS, type UserMoments } from '../user-moments.ts';
import type { DriftSignal } from './drift-signal.ts';
import { type LevelCounts, type LevelScores, meanScore } from './parts.ts';

/** At each of the 9 cuts, the share of ratings up to it: window minus reference. */
function distributionChanges(window: UserMoments, reference: UserMoments): readonly Effect[] {
  const shareUpTo = (moments: UserMoments, k: number) =>
    ratioOverUsers(moments.users, {
      ...moments,
      x: moments.cut[k] as number,
      xx: moments.cutCut[k] as number,
      xn: moments.cutN[k] as number,
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
 * When the newest past windows had already left the training data at any cut, the effect is the largest difference from
 * their levels, unless D is smaller. The value stays D.
 *
 * @param past for each past window, its nine differences with their variances.
 */
export function measureDistribution(
  window: UserMoments,
  reference: UserMoments,
  past: SignalPast['batches'] | null,
  basis: Basis,
): Measurement {
  const changes = distributionChanges(window, reference);
  const { compared, between } = fromRecentLevels(changes, past);
  const distance = largest(compared);
  const cut = compared.findIndex(({ effect }) => Math.abs(effect) === distance);
  const change = compared[cut];
  if (change === undefined) return unmeasured('There are no ratings to compare.');
  const spread = sumOfUncertainties([...change.sampling, between[cut] as Uncertainty]);
  return {
    status: 'measured',
    value: largest(changes),
    reference: null,
    effect: distance,
    spread: spread && { ...spread, comparisons: CUTS, range: [0, 1] },
    basis,
  };
}

const largest = (changes: readonly Effect[]): number =>
  Math.max(...changes.map(({ effect }) => Math.abs(effect)));

/** At each cut, the change to judge and how much windows like this one vary. */
function fromRecentLevels(
  changes: readonly Effect[],
  past: SignalPast['batches'] | null,
): { readonly compared: readonly Effect[]; readonly between: readonly Uncertainty[] } {
  const effects = changes.map((_, cut) => pastEffects(past?.rows ?? [], cut));
  if (past === null || effects.some(({ length }) => length < MIN_PAST_WINDOWS)) {
    return { compared: changes, between: changes.map(() => ({ variance: 0, df: 1 })) };
  }
  const variations = effects.map(betweenWindows);
  const levels = effects.map((one, cut) => recentLevel(one, variations[cut] as (typeof variations)[number]));
  const level = (cut: number) => levels[cut] as (typeof levels)[number];
  const recent = changes.map((change, cut) => fromLevel(change, level(cut)));
  const isNearer = largest(recent) < largest(changes);
  const departed = changes.some(({ sampling: [, own] }, cut) => isDeparted(level(cut), own, CUTS));
  return {
    compared: isNearer && departed ? recent : changes,
    between: variations.map(({ variance, df }) => ({ variance: variance / past.count, df })),
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
    measureDistribution(window.moments, reference.moments, past?.batches ?? null, basis),
  past: {
    required: false,
    width: 2 * CUTS,
    measure: ({ window, reference }) => pastRow(distributionChanges(window.moments, reference.moments)),
  },
} as const satisfies DriftSignal;
