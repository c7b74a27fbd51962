import { binomialTail } from '../../math/binomial.ts';
import { RATING_LEVELS } from '../../ratings/ratings.ts';
import type { RatingSummary } from '../../ratings/summary.ts';
import { sum } from './profiles.ts';

/** Ratings by everybody that are added to those of a user of the training data. */
const PRIOR = 5;
/** Ordinary users are described by this many users of the training data. */
const MAX_USERS = 2_000;
/** Half stars are told from whole ones where at least this share of users gives some. */
const SOME_HALVES = 0.2;
/** The probability that as many users of an ordinary window give half stars. */
const MORE_HALVES = 0.05;

/** Rating levels of users, one by one or in pairs: 0.5 and 1★, 1.5 and 2★, and so on. */
export interface Steps {
  /** Number of steps: 10, or 5 pairs. */
  readonly count: number;
  /** The ratings of a row of a summary on each step. */
  of(summary: RatingSummary, row: number): readonly number[];
}

/**
 * The steps on which users of two summaries can be compared. A site may introduce half stars, and then every rating with
 * one is unlike the training data. So levels are told apart only if half stars are in use there, and the window has no
 * more users with some than chance explains (binomial test); otherwise they are compared in pairs.
 */
export function comparableSteps(window: RatingSummary, reference: RatingSummary): Steps {
  const [now, before] = [usersWithHalves(window), usersWithHalves(reference)];
  const users = reference.userIds.length;
  const isFine =
    before >= SOME_HALVES * users &&
    binomialTail(now, window.userIds.length, (before + 1) / (users + 1)) > MORE_HALVES;
  const width = isFine ? 1 : 2;
  return {
    count: RATING_LEVELS / width,
    of: ({ userLevels }, row) =>
      Array.from({ length: RATING_LEVELS / width }, (_, step) => {
        const from = row * RATING_LEVELS + step * width;
        return sum([...userLevels.subarray(from, from + width)], (count) => count);
      }),
  };
}

function usersWithHalves({ userIds, userLevels }: RatingSummary): number {
  return userIds.filter((_, row) => {
    for (let level = 0; level < RATING_LEVELS; level += 2) {
      if (userLevels[row * RATING_LEVELS + level] !== 0) return true;
    }
    return false;
  }).length;
}

/** How ordinary users rate: each like one of the users of the training data. */
export interface OrdinaryUsers {
  /** Rows of the users of the training data who describe them. */
  readonly rows: readonly number[];
  /** The logarithm of the mean over these users of the probability of ratings on each step, in their order. */
  logLikelihood(counts: readonly number[]): number;
}

/** Each user gives a step with the frequency of its own ratings and of five of everybody. */
export function ordinaryUsers(reference: RatingSummary, steps: Steps): OrdinaryUsers {
  const everybody = sharesOf(reference, steps);
  const every = Math.ceil(reference.userIds.length / MAX_USERS);
  const rows = [...reference.userIds.keys()].filter((row) => row % every === 0);
  const { count } = steps;
  const logs = new Float64Array(rows.length * count);
  for (const [place, row] of rows.entries()) {
    const own = steps.of(reference, row);
    const n = sum(own, (ratings) => ratings);
    for (const [step, share] of everybody.entries()) {
      logs[place * count + step] = Math.log(((own[step] as number) + PRIOR * share) / (n + PRIOR));
    }
  }
  const each = new Float64Array(rows.length);
  const logLikelihood = (counts: readonly number[]): number => {
    let largest = Number.NEGATIVE_INFINITY;
    for (let place = 0; place < each.length; place++) {
      let log = 0;
      for (let step = 0; step < count; step++) {
        log += (logs[place * count + step] as number) * (counts[step] as number);
      }
      each[place] = log;
      if (log > largest) largest = log;
    }
    let total = 0;
    for (const log of each) total += Math.exp(log - largest);
    return largest + Math.log(total / each.length);
  };
  return { rows, logLikelihood };
}

/** The share of all ratings on each step, with one added to each. */
function sharesOf({ userLevels, count }: RatingSummary, steps: Steps): readonly number[] {
  const totals = new Float64Array(steps.count);
  const width = RATING_LEVELS / steps.count;
  for (let cell = 0; cell < userLevels.length; cell++) {
    const step = Math.floor((cell % RATING_LEVELS) / width);
    totals[step] = (totals[step] as number) + (userLevels[cell] as number);
  }
  return Array.from(totals, (total) => (total + 1) / (count + steps.count));
}
