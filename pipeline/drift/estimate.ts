/** The variance of a number, and the degrees of freedom of the variance. */
export interface Uncertainty {
  readonly variance: number;
  readonly df: number;
}

/** The smallest and the largest value that a number can take. */
export type Range = readonly [low: number, high: number];

/** A statistic of one sample, with the uncertainty that comes from the sampling of users. */
export interface Estimate extends Uncertainty {
  readonly value: number;
}

/** Sums over users of what each user adds to a ratio: x above and n below, their squares and product, and powers of n. */
export interface RatioSums {
  readonly x: number;
  readonly n: number;
  readonly xx: number;
  readonly xn: number;
  readonly nn: number;
  readonly nnn: number;
  readonly nnnn: number;
}

/** @param above x of each user; `below` n of the same users. */
export function ratioSums(above: ArrayLike<number>, below: ArrayLike<number>): RatioSums {
  let [x, n, xx, xn, nn, nnn, nnnn] = [0, 0, 0, 0, 0, 0, 0];
  for (let user = 0; user < above.length; user++) {
    const own = above[user] as number;
    const size = below[user] as number;
    x += own;
    n += size;
    xx += own * own;
    xn += own * size;
    nn += size * size;
    nnn += size ** 3;
    nnnn += size ** 4;
  }
  return { x, n, xx, xn, nn, nnn, nnnn };
}

/**
 * The ratio Σx / Σn over users, for instance the mean rating from the sum and count of each user, with its variance when
 * users are sampled, not ratings: Σ(x_u − r·n_u)² / (Σn)², corrected by `overUsers`.
 *
 * @param users number of users.
 * @param counting `alike` for values that hardly grow with the size of the user, as the differences of two models on the
 * same ratings: then the correction is U / (U − 1).
 * Formula: W. G. Cochran (1977), Sampling Techniques, 3rd edition, chapter 6 (ratio estimators).
 */
export function ratioOverUsers(
  users: number,
  sums: RatioSums,
  counting: 'by size' | 'alike' = 'by size',
): Estimate {
  const { x, n, xx, xn, nn } = sums;
  const value = x / n;
  const squares = xx - 2 * value * xn + value * value * nn;
  const { variance, df } =
    counting === 'by size'
      ? overUsers(users, squares, sums)
      : { variance: varianceOfTotal(users, squares), df: users - 1 };
  return { value, variance: variance / n ** 2, df };
}

/**
 * The variance of a sum over users of values that sum to 0 and grow with the size n of the user, from the sum of their
 * squares. A user with many ratings pulls the mean to itself, so that its own deviation looks too small, and a variance
 * that rests on few large users is known less well than their number says. With h = n / Σn:
 *
 * - the squares are divided by their expectation, 1 − 2·Σhn² / Σn² + Σh²; this is 1 − 1/U for U users of equal size;
 * - the degrees of freedom are (Σn²)² / Σn⁴ − 1; this is U − 1 for users of equal size.
 *
 * Both are for users who differ by more than chance, so that the variance of a value is proportional to n².
 *
 * Formula: R. M. Bell and D. F. McCaffrey (2002), Bias reduction in standard errors for linear regression with multi-stage
 * samples, Survey Methodology 28, 169–181, for a mean; the degrees of freedom by F. E. Satterthwaite (1946), Biometrics
 * Bulletin 2, 110–114.
 *
 * @returns infinite variance when one user is all there is.
 */
export function overUsers(
  users: number,
  squares: number,
  { n, nn, nnn, nnnn }: Pick<RatioSums, 'n' | 'nn' | 'nnn' | 'nnnn'>,
): Uncertainty {
  const expected = 1 - (2 * nnn) / (n * nn) + nn / n ** 2;
  return users > 1 && expected > 0
    ? { variance: Math.max(0, squares) / expected, df: nn ** 2 / nnnn - 1 }
    : { variance: Number.POSITIVE_INFINITY, df: 0 };
}

/**
 * The variance of a sum over `users` users of values that sum to 0, when every user counts the same, from the sum of their
 * squares. Infinity for one user.
 */
export function varianceOfTotal(users: number, squares: number): number {
  return users > 1 ? (users / (users - 1)) * Math.max(0, squares) : Number.POSITIVE_INFINITY;
}

/**
 * The uncertainty of a sum of independent parts. Degrees of freedom by Welch and Satterthwaite:
 * (Σv)² / Σ(v² / df). B. L. Welch (1947), Biometrika 34, 28–35.
 *
 * @returns null when the variance of a part is infinite, for instance for one user.
 */
export function sumOfUncertainties(parts: readonly Uncertainty[]): Uncertainty | null {
  let variance = 0;
  let quartic = 0;
  for (const part of parts) {
    if (!Number.isFinite(part.variance)) return null;
    variance += part.variance;
    if (part.variance > 0) quartic += part.variance ** 2 / part.df;
  }
  return { variance, df: quartic > 0 ? variance ** 2 / quartic : Number.POSITIVE_INFINITY };
}
