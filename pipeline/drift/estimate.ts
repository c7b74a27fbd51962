/** The variance of a number, and the degrees of freedom of the variance. */
export interface Uncertainty {
  readonly variance: number;
  readonly df: number;
}

/** A statistic of one sample, with the uncertainty that comes from the sampling of users. */
export interface Estimate extends Uncertainty {
  readonly value: number;
}

/**
 * The ratio Σx / Σn over users, for instance the mean rating from the sum and count of each user, with its variance when
 * users are sampled, not ratings:
 * U / (U − 1) · Σ(x_u − r·n_u)² / (Σn)².
 *
 * @param sums over users: x, n, x², x·n and n².
 * Formula: W. G. Cochran (1977), Sampling Techniques, 3rd edition, chapter 6 (ratio estimators).
 */
export function ratioOverUsers(
  users: number,
  sums: {
    readonly x: number;
    readonly n: number;
    readonly xx: number;
    readonly xn: number;
    readonly nn: number;
  },
): Estimate {
  const { x, n, xx, xn, nn } = sums;
  const value = x / n;
  return {
    value,
    variance: varianceOfTotal(users, xx - 2 * value * xn + value * value * nn) / n ** 2,
    df: users - 1,
  };
}

/**
 * The variance of a sum over a sample of `users` users of values that sum to 0, from the sum of their squares.
 * Infinity for one user.
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
