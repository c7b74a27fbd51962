import type { PerformanceSummary } from '../../ratings/performance.ts';

/** Numbers of ratings of 1 to 10 half stars. */
export type LevelCounts = ArrayLike<number>;

/**
 * A statistic of rating levels as a mean: each rating has a score by its level, and the mean score in the window minus
 * the mean score in the reference, times `scale`, is the difference that is divided into parts.
 */
export interface LevelScores {
  /** The score of 1 to 10 half stars. */
  readonly window: readonly number[];
  readonly reference: readonly number[];
  readonly scale: number;
  /** The statistic of a part from its mean score. */
  readonly shown: (meanScore: number) => number;
}

/** Errors of users as a ratio Σx / Σn, with the statistic that comes from the ratio. */
export interface ErrorRatio {
  readonly x: ArrayLike<number>;
  readonly n: ArrayLike<number>;
}

/** How the effect of a signal is divided into parts. */
export type SignalParts =
  | {
      readonly of: 'levels';
      readonly scores: (window: LevelCounts, reference: LevelCounts) => LevelScores | null;
    }
  /** Every user counts once, with the mean of its ratings. */
  | { readonly of: 'users' }
  /** The shares of genres. */
  | { readonly of: 'genres' }
  /** Ratings of movies, or by users, that the reference does not have. */
  | { readonly of: 'new-movies' | 'new-users' }
  | {
      readonly of: 'errors';
      /** Null when the errors were not measured. */
      readonly ratio: (performance: PerformanceSummary) => ErrorRatio | null;
      /** The statistic from a ratio. */
      readonly shown: (ratio: number) => number;
    };

/** The levels in stars. */
export const STARS: readonly number[] = Array.from({ length: 10 }, (_, level) => (level + 1) / 2);

/** The mean of scores over counts of levels; NaN without ratings. */
export function meanScore(counts: LevelCounts, scores: readonly number[]): number {
  let [x, n] = [0, 0];
  scores.forEach((score, level) => {
    x += score * (counts[level] as number);
    n += counts[level] as number;
  });
  return x / n;
}
