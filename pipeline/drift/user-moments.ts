import { RATING_LEVELS } from '../ratings/ratings.ts';

/** Places where the rating distribution can be cut in two: at most 0.5★, at most 1★, … at most 4.5★. */
export const CUTS = RATING_LEVELS - 1;

/**
 * What the statistics of a rating distribution and their errors need to know of it. Ratings cluster by
 * user, so a user is one observation with four kinds of totals: ratings n, sum of levels s, sum of squared
 * levels q, and ratings up to each cut. Kept are the sums of these over users and of their products.
 * Levels are half stars, 1 to 10; every sum of products is an exact integer up to 2^53.
 */
export interface UserMoments {
  /** Users with at least one rating. */
  readonly users: number;
  readonly n: number;
  readonly s: number;
  readonly q: number;
  readonly nn: number;
  readonly ns: number;
  readonly nq: number;
  readonly ss: number;
  readonly sq: number;
  readonly qq: number;
  /** Ratings up to each cut, the sum of their squares over users, and of their products with n: 9 each. */
  readonly cut: Float64Array;
  readonly cutCut: Float64Array;
  readonly cutN: Float64Array;
  /** Sum over users of the user's mean level, and of its square. */
  readonly means: number;
  readonly meanSquares: number;
}

/**
 * The moments of a set of users.
 *
 * @param levels users × 10 counts, row-major; rows without ratings are left out.
 */
export function userMoments(levels: Int32Array): UserMoments {
  const cut = new Float64Array(CUTS);
  const cutCut = new Float64Array(CUTS);
  const cutN = new Float64Array(CUTS);
  const upTo = new Float64Array(RATING_LEVELS);
  let [users, n, s, q, nn, ns, nq, ss, sq, qq, means, meanSquares] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let row = 0; row < levels.length; row += RATING_LEVELS) {
    let ratings = 0;
    let sum = 0;
    let squares = 0;
    for (let level = 1; level <= RATING_LEVELS; level++) {
      const count = levels[row + level - 1] as number;
      ratings += count;
      sum += level * count;
      squares += level * level * count;
      upTo[level - 1] = ratings;
    }
    if (ratings === 0) continue;
    const mean = sum / ratings;
    users += 1;
    n += ratings;
    s += sum;
    q += squares;
    nn += ratings * ratings;
    ns += ratings * sum;
    nq += ratings * squares;
    ss += sum * sum;
    sq += sum * squares;
    qq += squares * squares;
    means += mean;
    meanSquares += mean * mean;
    for (let k = 0; k < CUTS; k++) {
      const below = upTo[k] as number;
      cut[k] = (cut[k] as number) + below;
      cutCut[k] = (cutCut[k] as number) + below * below;
      cutN[k] = (cutN[k] as number) + below * ratings;
    }
  }
  return { users, n, s, q, nn, ns, nq, ss, sq, qq, cut, cutCut, cutN, means, meanSquares };
}
