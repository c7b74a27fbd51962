import type { PerformanceSummary } from '../ratings/performance.ts';
import type { Ratings } from '../ratings/ratings.ts';
import type { RatingSummary } from '../ratings/summary.ts';
import type { SampleStatistics } from './training-history.ts';

/** A summary of ratings, and the errors of the champion on them. */
export interface Sample {
  readonly summary: RatingSummary;
  /** Null when no champion was scored. */
  readonly performance: PerformanceSummary | null;
  /** The ratings themselves, where they are at hand: they tell what remains without a movie or a genre. */
  readonly ratings?: Ratings | null;
}

/** A sample with the statistics that signals are computed from. */
export interface ComparedSample extends Sample, SampleStatistics {}
