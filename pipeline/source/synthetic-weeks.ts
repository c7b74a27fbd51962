import type { SyntheticOptions } from './synthetic.ts';

/** The size of the demo's synthetic data set. */
export const SYNTHETIC_SIZE = { ratings: 200_000, users: 2_400, movies: 1_800 } as const;

const WEEK = 7 * 86_400;
/** The data ends on 2025-01-06 UTC, a Monday. */
const END = 1_736_121_600;
/** 1996-01-01 UTC: no rating is older, so with more than 430 weeks each is shorter than seven days. */
const START = 820_454_400;
/** Share of the time range in the weekly batches; the rest is the initial load. */
const BATCH_SHARE = 0.3;

/**
 * Options for ratings that arrive at a constant rate; the newest 30% form `weeks` equal weeks. Only the last two weeks
 * have drift: one a small shift of the mean, one a change of mean, taste and catalogue.
 *
 * @param size.drift strength of the drift: 1 as in the demo, 0 for none.
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
