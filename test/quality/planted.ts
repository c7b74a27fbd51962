import { batchProfile } from '../../pipeline/quality/batch-profile.ts';
import type { QualityFinding, TrainingProfile } from '../../pipeline/quality/finding.ts';
import { judgeBatch } from '../../pipeline/quality/judge-batch.ts';
import type { Ratings } from '../../pipeline/ratings/ratings.ts';
import type { RawRatings } from '../../pipeline/ratings/raw.ts';
import { timeRange } from '../../pipeline/ratings/snapshot.ts';
import { summariseRatings } from '../../pipeline/ratings/summary.ts';
import { validateRatings } from '../../pipeline/ratings/validate.ts';
import { parseConfig } from '../../pipeline/stages/load-config.ts';

/** What a source may do to the stars of a whole batch. */
export const PLANTED = {
  untouched: (stars: number) => stars,
  halved: (stars: number) => stars / 2,
  'halved, then whole steps': (stars: number) => Math.max(1, Math.round(stars)) / 2,
  'scale 1 to 10': (stars: number) => 2 * stars,
  percent: (stars: number) => 20 * stars,
  'scale 0 to 1': (stars: number) => stars / 5,
  'whole stars only': (stars: number) => Math.max(1, Math.round(stars)),
} as const;

export type Planted = keyof typeof PLANTED;

/** Ratings as a source has them. */
export function rawOf(ratings: Ratings, change: (stars: number) => number = (stars) => stars): RawRatings {
  return {
    length: ratings.length,
    userIds: Float64Array.from(ratings.userIds),
    movieIds: Float64Array.from(ratings.movieIds),
    stars: Float64Array.from(ratings.halves, (half) => change(half / 2)),
    timestamps: Float64Array.from(ratings.ratedAt),
    firstRowNumber: 2,
  };
}

export function profileOf(training: Ratings): TrainingProfile {
  const { from, to } = timeRange(training) as { readonly from: number; readonly to: number };
  return {
    summary: summariseRatings(training),
    read: training.length,
    rejected: 0,
    unchanged: 0,
    from,
    to,
    newest: { ratedAt: to, name: 'batch 1' },
  };
}

export const NOW = Date.UTC(2026, 2, 2) / 1000;

/** Judges rows of a source with the default settings. */
export function judgeRaw(raw: RawRatings, training: TrainingProfile | null): readonly QualityFinding[] {
  const { ratings, rejects } = validateRatings(raw, NOW);
  const read = { raw, ratings, damaged: rejects.damaged };
  return judgeBatch(batchProfile(read, training, NOW), training, parseConfig({}, 'the test').quality);
}

/** Judges ratings without times, or whose times mean nothing, with the default settings. */
export function judgeUntimed(ratings: Ratings, training: TrainingProfile): readonly QualityFinding[] {
  const profile = batchProfile({ raw: rawOf(ratings), ratings, damaged: 0, hasTimes: false }, training, NOW);
  return judgeBatch(profile, training, parseConfig({}, 'the test').quality);
}
