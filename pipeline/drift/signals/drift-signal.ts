import type { PerformanceSummary } from '../../ratings/performance.ts';
import type { Basis, Measurement } from '../measurement.ts';
import type { PastRow, SignalPast } from '../past-windows.ts';
import type { SampleStatistics } from '../training-history.ts';
import type { SignalParts } from './parts.ts';

/** A new or past window and the ratings that it is compared with. */
export interface Comparison {
  readonly window: SampleStatistics;
  readonly reference: SampleStatistics;
  /** Share of the window's ratings on movies that the reference does not have, 0 to 1. */
  readonly newMovieShare: number;
  /** Share of the window's ratings by users that the reference does not have, 0 to 1. */
  readonly newUserShare: number;
}

/** A window of new ratings, with everything a signal may use. */
export interface NewComparison extends Comparison {
  /** The champion's errors on the window and on its holdout; null when no champion was scored. */
  readonly performance: {
    readonly window: PerformanceSummary | null;
    readonly holdout: PerformanceSummary | null;
  };
  /** The rows of the signal on the nearest past windows; null when there are none. */
  readonly past: SignalPast | null;
  readonly basis: Basis;
}

/**
 * How the numbers of a signal are written. The level is its value and its reference, the change its effect.
 *
 * - `distance`: both are distances, and the effect has no sign;
 * - `distance-change`: the level is a distance, the change a difference of two;
 * - `relative-stars`: the level is in stars, the change in percent of it;
 * - `stars`: both are in stars;
 * - `share`: the level is in percent, the change in percentage points.
 */
export type SignalUnit = 'distance' | 'distance-change' | 'relative-stars' | 'stars' | 'share';

/** How a signal is measured, on new windows and on past ones. */
export interface SignalMeasure {
  readonly measure: (comparison: NewComparison) => Measurement;
  /** Null for a signal that is not compared with past windows. */
  readonly past: {
    /** Whether the signal cannot be judged without past windows. */
    readonly required: boolean;
    /** Number of numbers for one past window. */
    readonly width: number;
    readonly measure: (comparison: Comparison) => PastRow;
  } | null;
}

/** Everything about one drift signal. `list.ts` gathers them. */
export interface DriftSignal extends SignalMeasure {
  /** The name in JSON, in the database, in stored references and in `drift.*.thresholds`. */
  readonly name: string;
  /** The measured quantity, in plain words. */
  readonly label: string;
  readonly unit: SignalUnit;
  /** Whether only growth is drift. Otherwise a fall counts as much as a rise. */
  readonly onlyGrowth: boolean;
  /** Default thresholds of the presets. Null: the preset reports the signal, but it never raises an alert. */
  readonly thresholds: { readonly robust: number; readonly classic: number | null };
  /** The quantity that the thresholds are compared with, for the documentation of the settings. */
  readonly thresholdMeaning: string;
  /** How the effect is divided into parts of the ratings. */
  readonly parts: SignalParts;
}
