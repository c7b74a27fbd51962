import { poissonBinomialCdf } from '../math/poisson-binomial.ts';
import { RATING_LEVELS } from '../ratings/ratings.ts';
import type { RatingSummary } from '../ratings/summary.ts';

/** More users do not make the test sharper, but slower. They are taken evenly from all. */
const MOST_USERS = 2_000;
/** A set of levels is absent when it has at most this share of the expected users. */
const ABSENT_SHARE = 0.1;

/** How many users of a batch give at least one rating of a set of levels. */
export interface UsersGiving {
  readonly users: number;
  /** Users with such a rating. */
  readonly seen: number;
  /** The number to expect if they were users of the training data. */
  readonly expected: number;
}

/** Whether a level, 1 to 10 half stars, is in a set. */
export type InSet = (level: number) => boolean;

/** Ratings of a user, and how many of them are in the set. */
interface Counted {
  readonly ratings: number;
  readonly inSet: number;
}

/**
 * The users of a batch with a rating of the set, and how many the training data let expect.
 *
 * A user is one observation, because ratings cluster by user. If a user of the batch was a user of the training data,
 * the probability of none of the set among n ratings is the mean over training users of the hypergeometric
 * C(N − h, n) / C(N, n), where h of the user's N ratings are in the set, and n is at most N. One more user without any
 * is added to the mean, as the observation itself in a permutation test, so that no probability is 0 (B. Phipson and
 * G. K. Smyth, 2010, Permutation P-values should never be zero, Statistical Applications in Genetics and Molecular
 * Biology 9, article 39).
 */
export function usersGiving(batch: RatingSummary, training: RatingSummary, inSet: InSet): UsersGiving {
  const users = countedUsers(batch, inSet);
  return {
    users: users.length,
    seen: giving(users),
    expected: chancesOf(users, training, inSet).reduce((sum, chance) => sum + chance, 0),
  };
}

/**
 * Finds that hardly any user of a batch gives ratings of a set, although users of the training data would. Their number
 * is then Poisson-binomial, with the probabilities of `usersGiving`.
 *
 * @param errorRate largest probability of finding this by chance.
 * @returns null when it is not so, or the batch is too small to tell.
 */
export function absenceOf(
  batch: RatingSummary,
  training: RatingSummary,
  inSet: InSet,
  errorRate: number,
): UsersGiving | null {
  const users = countedUsers(batch, inSet);
  const seen = giving(users);
  if (seen > ABSENT_SHARE * users.length) return null;
  const chances = chancesOf(users, training, inSet);
  const expected = chances.reduce((sum, chance) => sum + chance, 0);
  const isAbsent = seen <= ABSENT_SHARE * expected && poissonBinomialCdf(chances, seen) <= errorRate;
  return isAbsent ? { users: users.length, seen, expected } : null;
}

const giving = (users: readonly Counted[]): number =>
  users.reduce((count, { inSet }) => count + (inSet > 0 ? 1 : 0), 0);

/** For each user of a batch, the probability of a rating in the set. */
function chancesOf(users: readonly Counted[], training: RatingSummary, inSet: InSet): readonly number[] {
  const known = countedUsers(training, inSet);
  const logFactorials = logFactorialsTo(known.reduce((most, { ratings }) => Math.max(most, ratings), 0));
  const byCount = new Map<number, number>();
  return users.map(({ ratings }) => {
    const before = byCount.get(ratings);
    if (before !== undefined) return before;
    const none = known.reduce((sum, user) => sum + noneOf(user, ratings, logFactorials), 1);
    const chance = 1 - none / (known.length + 1);
    byCount.set(ratings, chance);
    return chance;
  });
}

/** The probability of none of the set among some of a user's ratings, drawn without replacement. */
function noneOf({ ratings, inSet }: Counted, drawn: number, logFactorials: Float64Array): number {
  if (inSet === 0) return 1;
  const n = Math.min(drawn, ratings);
  const others = ratings - inSet;
  if (n > others) return 0;
  const log = (of: number): number => logFactorials[of] as number;
  return Math.exp(log(others) + log(ratings - n) - log(ratings) - log(others - n));
}

function logFactorialsTo(largest: number): Float64Array {
  const logs = new Float64Array(largest + 1);
  for (let n = 2; n <= largest; n++) logs[n] = (logs[n - 1] as number) + Math.log(n);
  return logs;
}

function countedUsers({ userIds, userLevels }: RatingSummary, inSet: InSet): readonly Counted[] {
  const size = Math.min(userIds.length, MOST_USERS);
  return Array.from({ length: size }, (_, index) => {
    const from = Math.floor((index * userIds.length) / size) * RATING_LEVELS;
    const counted = { ratings: 0, inSet: 0 };
    for (let level = 1; level <= RATING_LEVELS; level++) {
      const count = userLevels[from + level - 1] as number;
      counted.ratings += count;
      if (inSet(level)) counted.inSet += count;
    }
    return counted;
  });
}
