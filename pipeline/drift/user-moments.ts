import { RATING_LEVELS } from '../ratings/ratings.ts';

/** Places where the rating distribution can be cut in two: at most 0.5★, at most 1★, … at most 4.5★. */
export const CUTS = RATING_LEVELS - 1;

/**
 * Sums from which the statistics of a rating distribution and their variances are computed. Ratings cluster by user, so
 * a user is one observation with four kinds of totals: ratings n, sum of levels s, sum of squared levels q, and ratings
 * up to each cut. The moments are the sums of these totals and of their products over users.
 * Levels are half stars, 1 to 10; every sum of products of two is an exact integer up to 2^53.
 */
export type UserMoments = Readonly<ReturnType<typeof zeroMoments>>;

const zeroMoments = () => ({
  /** Users with at least one rating. */
  users: 0,
  n: 0,
  s: 0,
  q: 0,
  nn: 0,
  nnn: 0,
  nnnn: 0,
  ns: 0,
  nq: 0,
  ss: 0,
  sq: 0,
  qq: 0,
  /** Ratings up to each cut, the sum of their squares over users, and of their products with n: 9 each. */
  cut: new Float64Array(CUTS),
  cutCut: new Float64Array(CUTS),
  cutN: new Float64Array(CUTS),
  /** Sum over users of the user's mean level, and of its square. */
  means: 0,
  meanSquares: 0,
});

/**
 * The moments of a set of users.
 *
 * @param levels users × 10 counts, row-major; rows without ratings are ignored.
 */
export function userMoments(levels: Int32Array): UserMoments {
  const moments = zeroMoments();
  for (let row = 0; row < levels.length; row += RATING_LEVELS) addUser(moments, levels, row);
  return moments;
}

/** A separate function, so that the engine compiles it within the first few hundred users. */
function addUser(moments: ReturnType<typeof zeroMoments>, levels: Int32Array, row: number): void {
  let n = 0;
  let s = 0;
  let q = 0;
  for (let level = 1; level <= RATING_LEVELS; level++) {
    const count = levels[row + level - 1] as number;
    n += count;
    s += level * count;
    q += level * level * count;
  }
  if (n === 0) return;
  moments.users += 1;
  moments.n += n;
  moments.s += s;
  moments.q += q;
  moments.nn += n * n;
  moments.nnn += n ** 3;
  moments.nnnn += n ** 4;
  moments.ns += n * s;
  moments.nq += n * q;
  moments.ss += s * s;
  moments.sq += s * q;
  moments.qq += q * q;
  moments.means += s / n;
  moments.meanSquares += (s / n) ** 2;
  const { cut, cutCut, cutN } = moments;
  let upTo = 0;
  for (let k = 0; k < CUTS; k++) {
    upTo += levels[row + k] as number;
    cut[k] = (cut[k] as number) + upTo;
    cutCut[k] = (cutCut[k] as number) + upTo * upTo;
    cutN[k] = (cutN[k] as number) + upTo * n;
  }
}
