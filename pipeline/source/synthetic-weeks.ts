import type { SyntheticOptions } from './synthetic.ts';

/** The size of the invented data set of the demo. */
export const SYNTHETIC_SIZE = { ratings: 200_000, users: 2_400, movies: 1_800 } as const;

const WEEK = 7 * 86_400;
/** 2025-01-06 UTC, a Monday: the data ends here, always in the past. */
const END = 1_736_121_600;
/** 1996-01-01 UTC: no rating is older, so more than 430 weeks are shorter than seven days. */
const START = 820_454_400;
/** Share of the time that the weekly batches cover; the rest is the initial load. */
const BATCH_SHARE = 0.3;

/**
 * Ratings that arrive at an even rate, so that the newest 30% fall into `weeks` equal weeks. All are quiet
 * but the last two: one with a first sign of drift, one where taste, mood and catalogue change together.
 *
 * @param drift 1 for the strength of the demo, 0 for none.
 */
export function syntheticWeeks(size: {
  readonly seed: number;
  readonly ratings: number;
  readonly users: number;
  readonly movies: number;
  readonly weeks: number;
  readonly drift: number;
}): SyntheticOptions {
  const { seed, ratings, users, movies, weeks, drift } = size;
  const from = Math.max(START, END - Math.round((weeks * WEEK) / BATCH_SHARE));
  const planted = [
    { from: END - 2 * WEEK, to: END - WEEK, meanShift: 0.08 * drift },
    {
      from: END - WEEK,
      meanShift: 0.35 * drift,
      tasteRotation: Math.min(1, 0.5 * drift),
      newMovies: 0.1 * drift,
    },
  ];
  return { seed, ratings, users, movies, from, to: END, drift: drift === 0 ? [] : planted.slice(-weeks) };
}
