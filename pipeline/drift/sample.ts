import type { PerformanceSummary } from '../ratings/performance.ts';
import type { RatingSummary } from '../ratings/summary.ts';
import type { Portrait } from './training-history.ts';

/** Ratings, and how well the champion predicted them. */
export interface Sample {
  readonly summary: RatingSummary;
  /** Null when no champion was scored. */
  readonly performance: PerformanceSummary | null;
}

/** A sample with what signals are computed from, counted once for all of them. */
export interface ComparedSample extends Sample, Portrait {}
