import type { Ratings } from '../ratings/ratings.ts';
import type { RawRatings } from '../ratings/raw.ts';
import { timeRange } from '../ratings/snapshot.ts';
import { summariseRatings } from '../ratings/summary.ts';
import { ratingValues } from '../ratings/suspicions.ts';
import type { BatchProfile, TimeCounts, TrainingProfile } from './finding.ts';
import { earliestTime } from './rules/times.ts';

/** Seconds reach this in the year 5138, milliseconds did in 1973. */
const MILLISECONDS_FROM = 1e11;
const NO_TIMES: TimeCounts = { future: 0, milliseconds: 0, early: 0, shared: null };

/**
 * Reads from a batch what it is judged by.
 *
 * @param ratings the usable rows of `raw`.
 * @param damaged number of rows that cannot be used.
 * @param batch.hasTimes whether the ratings have times. @default true
 * @param batch.userName what a user is called. @default the id
 * @param now seconds since 1970.
 */
export function batchProfile(
  batch: {
    readonly raw: RawRatings;
    readonly ratings: Ratings;
    readonly damaged: number;
    readonly hasTimes?: boolean;
    readonly userName?: (userId: number) => string;
  },
  training: TrainingProfile | null,
  now: number,
): BatchProfile {
  const { raw, ratings, damaged, hasTimes = true, userName = String } = batch;
  return {
    rows: raw.length,
    damaged,
    values: ratingValues(raw),
    summary: summariseRatings(ratings),
    ...(hasTimes ? timeRange(ratings) : { from: null, to: null }),
    times: hasTimes ? timesOf(raw, ratings, training, now) : NO_TIMES,
    userName,
  };
}

function timesOf(
  { timestamps }: RawRatings,
  ratings: Ratings,
  training: TrainingProfile | null,
  now: number,
): TimeCounts {
  let future = 0;
  let milliseconds = 0;
  for (const time of timestamps) {
    if (time > now) future++;
    if (time > MILLISECONDS_FROM) milliseconds++;
  }
  const earliest = training === null ? Number.NEGATIVE_INFINITY : earliestTime(training);
  let early = 0;
  for (const time of ratings.ratedAt) if (time < earliest) early++;
  return { future, milliseconds, early, shared: sharedTime(ratings) };
}

/**
 * The time of more than half of the ratings, if any: the vote of R. S. Boyer and J. S. Moore (1991), MJRTY, a fast
 * majority vote algorithm, with a count after it.
 */
function sharedTime({ ratedAt, userIds, length }: Ratings): TimeCounts['shared'] {
  let time = 0;
  let votes = 0;
  for (const candidate of ratedAt) {
    if (votes === 0) time = candidate;
    votes += candidate === time ? 1 : -1;
  }
  const users = new Set<number>();
  let ratings = 0;
  for (let row = 0; row < length; row++) {
    if (ratedAt[row] !== time) continue;
    ratings++;
    users.add(userIds[row] as number);
  }
  return ratings > length / 2 ? { time, ratings, users: users.size } : null;
}
