import { sha256 } from '../../lib/digest.ts';
import { binomialTail } from '../../math/binomial.ts';
import { sortByUser } from '../../ratings/order.ts';
import type { Ratings } from '../../ratings/ratings.ts';
import { vocabularyOf } from '../../ratings/vocabulary.ts';
import type { FoundPattern } from './finding.ts';
import type { Profile } from './profiles.ts';
import { wavePattern } from './wave-pattern.ts';

/** Users with fewer ratings have no profile. */
const MIN_RATINGS = 10;
/** Smaller groups are chance. */
const MIN_ALIKE = 8;
const MIN_ALIKE_SHARE = 0.035;
/** As a multiple of what is to be expected. */
const TIMES_EXPECTED = 3;
/**
 * The probability that an ordinary window has such a group. Users are not independent: copies of a user agree with each
 * other, so a group that only agrees needs far more.
 */
const ALIKE_RATE = 1e-6;

/** The same mean and spread, up to these differences in stars. */
const SAME_MEAN = 0.3;
const SAME_SD = 0.25;
/** The same number of ratings, and about the same, as shares of it. */
const SAME_COUNT = 0.02;
const NEAR_COUNT = 0.3;

/**
 * Many users who have nearly the same number of ratings,
 * mean and spread, or who rated the same movies.
 *
 * The size of a group is tested against the share of users to be expected in it (binomial test, Bonferroni's correction
 * for the groups that were looked at). Users
 * with the same profile are compared with the other users of the window: those with about as many ratings, and those with
 * such a mean and spread. Each share has one user added, so that what nobody did before is not impossible. Users who look
 * alike as the users of the training data do are none: at least the share of these is to be expected.
 *
 * @param movies of the training data.
 */
export function lookAlikeUsers(
  window: readonly Profile[],
  reference: readonly Profile[],
  movies: readonly Profile[],
  ratings: Ratings,
): FoundPattern | null {
  return sameMovies(window, reference, movies, ratings) ?? sameProfiles(window, reference, ratings.length);
}

/** Users who have something in common. */
interface Group {
  readonly members: readonly Profile[];
  /** The share of users to be expected in the group. */
  readonly share: number;
  readonly smallest: number;
}

/** Groups are looked for around this many profiles, so that the time is linear in the number of users. */
const MAX_CENTRES = 300;

/** One user for each of the most common profiles, rounded, the most common first. */
function commonProfiles(users: readonly Profile[]): readonly Profile[] {
  const cells = new Map<string, Profile[]>();
  for (const user of users) {
    const { count, mean, sd } = user;
    const cell = [Math.log(count) / SAME_COUNT, mean / SAME_MEAN, sd / SAME_SD].map(Math.round).join(' ');
    const known = cells.get(cell);
    if (known === undefined) cells.set(cell, [user]);
    else known.push(user);
  }
  const common = [...cells.values()].sort((a, b) => b.length - a.length).slice(0, MAX_CENTRES);
  return common.map((cell) => cell[cell.length >> 1] as Profile);
}

function alikeGroups(users: readonly Profile[], reference: readonly Profile[]): readonly Group[] {
  const smallest = Math.max(MIN_ALIKE, MIN_ALIKE_SHARE * users.length);
  return commonProfiles(users).flatMap((centre): readonly Group[] => {
    const [same, near] = [SAME_COUNT, NEAR_COUNT].map((share) => Math.floor(share * centre.count)) as [
      number,
      number,
    ];
    const distance = ({ count }: Profile): number => Math.abs(count - centre.count);
    const isLike = ({ mean, sd }: Profile): boolean =>
      Math.abs(mean - centre.mean) <= SAME_MEAN && Math.abs(sd - centre.sd) <= SAME_SD;
    const isMember = (user: Profile): boolean => distance(user) <= same && isLike(user);
    const members = users.filter(isMember);
    if (members.length < smallest) return [];
    const before = reference.filter(isMember).length / Math.max(1, reference.length);
    const others = users.filter((user) => distance(user) > same);
    const nearby = others.filter((user) => distance(user) <= near).length;
    const ofCount = ((nearby + 1) / (others.length + 1)) * ((2 * same + 1) / (2 * (near - same)));
    const ofProfile = (others.filter(isLike).length + 1) / (others.length + 1);
    return [
      {
        members,
        share: Math.max(Math.min(1, ofCount) * ofProfile, before),
        smallest,
      },
    ];
  });
}

function sameProfiles(
  window: readonly Profile[],
  reference: readonly Profile[],
  all: number,
): FoundPattern | null {
  const users = window.filter(({ count }) => count >= MIN_RATINGS);
  const before = reference.filter(({ count }) => count >= MIN_RATINGS);
  let best: { readonly p: number; readonly group: Group } | null = null;
  for (const group of alikeGroups(users, before)) {
    const { members, share, smallest } = group;
    if (members.length < Math.max(smallest, TIMES_EXPECTED * share * users.length)) continue;
    // The user in the middle is in its own group.
    const p = users.length * binomialTail(members.length - 1, users.length - 1, share);
    if (p <= ALIKE_RATE && (best === null || p < best.p)) best = { p, group };
  }
  if (best === null) return null;
  const { members, share } = best.group;
  const range = (of: (user: Profile) => number, digits: number): string => {
    const values = Float64Array.from(members, of).sort();
    const [low, high] = [values[0], values.at(-1)].map((end) => (end as number).toFixed(digits));
    return low === high ? `${low}` : `${low} to ${high}`;
  };
  return wavePattern(
    members,
    all,
    `${members.length} of ${users.length} users have nearly the same profile: ${range(({ count }) => count, 0)} ratings with mean ${range(({ mean }) => mean, 2)}★ and spread ${range(({ sd }) => sd, 2)}★. To be expected are ${(share * users.length).toFixed(1)}.`,
  );
}

/** Users who rate many movies do not choose exactly the same ones. */
const MIN_MOVIES = 10;

/**
 * The largest group of users with the same movies. In the training data at most as many users had these movies as had the
 * same number of them, and as rated the rarest of them.
 */
function sameMovies(
  window: readonly Profile[],
  reference: readonly Profile[],
  movies: readonly Profile[],
  ratings: Ratings,
): FoundPattern | null {
  const moviesOf = moviesOfUsers(ratings);
  const groups = new Map<string, Profile[]>();
  for (const user of window) {
    if (user.count < MIN_MOVIES) continue;
    const key = digestOf(moviesOf(user.id));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [user]);
    else group.push(user);
  }
  const [largest] = [...groups.values()].sort((a, b) => b.length - a.length);
  if (largest === undefined || largest.length < Math.max(MIN_ALIKE, MIN_ALIKE_SHARE * window.length)) {
    return null;
  }
  const count = largest[0]?.count ?? 0;
  const known = new Map(movies.map((movie) => [movie.id, movie.count]));
  const ratersOf = (id: number): number => known.get(id) ?? 0;
  const possible = moviesOf(largest[0]?.id ?? 0).reduce(
    (least, id) => Math.min(least, ratersOf(id)),
    reference.filter((user) => user.count === count).length,
  );
  const share = possible / Math.max(1, reference.length);
  if (largest.length < TIMES_EXPECTED * share * window.length) return null;
  if (window.length * binomialTail(largest.length - 1, window.length - 1, share) > ALIKE_RATE) return null;
  return wavePattern(
    largest,
    ratings.length,
    `${largest.length} users rated exactly the same ${count} movies.`,
  );
}

/** Returns the movies that a user rated, ascending. */
function moviesOfUsers(ratings: Ratings): (userId: number) => Int32Array {
  const { userIds, movieIds, length } = sortByUser(ratings);
  const users = vocabularyOf(userIds);
  const starts = new Int32Array(users.size + 1);
  for (let row = 0; row < length; row++) starts[users.rowOf(userIds[row] as number) + 1] = row + 1;
  return (userId) => {
    const user = users.rowOf(userId);
    return user < 0 ? new Int32Array(0) : movieIds.subarray(starts[user], starts[user + 1]);
  };
}

const digestOf = ({ buffer, byteOffset, byteLength }: Int32Array): string =>
  sha256(new Uint8Array(buffer, byteOffset, byteLength));
