import type { BatchProfile, TrainingProfile } from '../finding.ts';
import type { Found } from '../rule.ts';
import { count, minuteOf, percent } from '../text.ts';

/** Fewer times than this may be equal by chance. */
const FEWEST = 10;

/** Times that are not over yet. Their rows are rejected. */
export function futureTimes({ rows, times }: BatchProfile): Found | null {
  const { future, milliseconds } = times;
  if (future === 0) return null;
  const isMilliseconds = milliseconds > future / 2;
  return {
    severity: 'warning',
    seen: `${count(future)} of ${count(rows)} rows (${percent(future / rows)}) have a time after now${isMilliseconds ? ', as if they were milliseconds' : ''}`,
    expected: 'seconds since 1970, up to now',
    remedy: isMilliseconds
      ? 'Divide the times of the source by 1,000.'
      : 'Correct the clock or the time zone of the source.',
  };
}

/** Ratings that are older than the training data by far. */
export function earlyTimes({ summary, times }: BatchProfile, training: TrainingProfile | null): Found | null {
  if (training === null || times.early === 0) return null;
  return {
    severity: 'warning',
    seen: `${count(times.early)} of ${count(summary.count)} ratings (${percent(times.early / summary.count)}) are older than the training data by far`,
    expected: `from ${minuteOf(training.from)} on`,
    remedy: 'Look for times that the source fills in where it has none.',
  };
}

/** How much older than the training data a rating may be: a tenth of its duration, and at least 30 days. */
export function earliestTime({ from, to }: Pick<TrainingProfile, 'from' | 'to'>): number {
  return from - Math.max(30 * 86_400, (to - from) / 10);
}

/** One second that more than half of the ratings have, by several users. */
export function equalTimes({ summary, times: { shared } }: BatchProfile): Found | null {
  if (shared === null || shared.users < 2 || shared.ratings < FEWEST) return null;
  return {
    severity: 'warning',
    seen: `${count(shared.ratings)} of ${count(summary.count)} ratings (${percent(shared.ratings / summary.count)}), by ${count(shared.users)} users, have the time ${minuteOf(shared.time)}`,
    expected: 'the time of each rating',
    remedy: 'Let the source write when each rating was given: drift and the holdout go by these times.',
  };
}

/** A batch that is older than an earlier one as a whole. */
export function batchOrder({ to }: BatchProfile, training: TrainingProfile | null): Found | null {
  if (training === null || to === null || to >= training.newest.ratedAt) return null;
  return {
    severity: 'info',
    seen: `its newest rating is from ${minuteOf(to)}`,
    expected: `newer than ${training.newest.name}, which reaches ${minuteOf(training.newest.ratedAt)}`,
    remedy: 'Ingest batches in the order of their ratings: the last one is judged as the newest.',
  };
}
