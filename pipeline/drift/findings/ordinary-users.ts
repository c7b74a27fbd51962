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
  const own = Array.from(reference.userIds, (_, row) => steps.of(reference, row));
  const everybody = Array.from(
    { length: steps.count },
    (_, step) => (sum(own, (counts) => counts[step] as number) + 1) / (reference.count + steps.count),
  );
  const every = Math.ceil(own.length / MAX_USERS);
  const rows = [...own.keys()].filter((row) => row % every === 0);
  const logs = rows.map((row) => {
    const counts = own[row] as readonly number[];
    const n = sum(counts, (count) => count);
    return everybody.map((share, step) => Math.log(((counts[step] as number) + PRIOR * share) / (n + PRIOR)));
  });
  const logLikelihood = (counts: readonly number[]): number => {
    const each = logs.map((log) =>
      sum(
        log.map((one, step) => one * (counts[step] as number)),
        (one) => one,
      ),
    );
    const largest = each.reduce((a, b) => Math.max(a, b));
    return largest + Math.log(sum(each, (one) => Math.exp(one - largest)) / rows.length);
  };
  return { rows, logLikelihood };
}
