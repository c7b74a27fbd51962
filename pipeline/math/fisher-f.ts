import { incompleteBeta } from './incomplete-beta.ts';

/** With so many degrees of freedom below, Fisher's F is χ² / df. */
const MANY = 1e7;

/**
 * P(F ≥ f) of Fisher's F distribution. Equal to `scipy.stats.f.sf(f, above, below)`.
 *
 * @param f 0 or more.
 * @param above degrees of freedom of the numerator, `below` of the denominator; both above 0.
 * Formula: Abramowitz and Stegun (1964) 26.6.2.
 */
export function fisherUpper(f: number, above: number, below: number): number {
  if (f === Number.POSITIVE_INFINITY) return 0;
  const total = below + above * f;
  return incompleteBeta(below / 2, above / 2, below / total, (above * f) / total);
}

/**
 * P(χ² ≥ x) of the χ² distribution with `df` degrees of freedom, as the limit of Fisher's F. Equal to
 * `scipy.stats.chi2.sf(x, df)`, up to 1e-4 of it where it is above 1e-8.
 */
export function chiSquareUpper(x: number, df: number): number {
  return fisherUpper(x / df, df, MANY);
}
