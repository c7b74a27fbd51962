import { gammaln } from 'simple-statistics';
import { incompleteBeta } from './incomplete-beta.ts';

/** With more degrees of freedom, Student's t equals the normal distribution in all digits of the beta function. */
const NORMAL_DF = 1e7;
const LOG_STEP = Math.LN2;

/**
 * The two-sided tail probability P(|T| ≥ |t|) of Student's t distribution, 0 to 1.
 *
 * @param df degrees of freedom, > 0, not necessarily an integer; Infinity is the normal distribution.
 * Formula: P(|T| ≥ t) = I_{df/(df + t²)}(df/2, 1/2), Abramowitz and Stegun (1964) 26.7.1.
 */
export function studentTwoSided(t: number, df: number): number {
  const freedom = Math.min(df, NORMAL_DF);
  const square = t * t;
  if (square === Number.POSITIVE_INFINITY) return 0;
  return incompleteBeta(freedom / 2, 0.5, freedom / (freedom + square), square / (freedom + square));
}

/**
 * The two-sided critical value t with P(|T| ≥ t) = `alpha`: the half-width, in standard errors, of a 1 − alpha
 * confidence interval.
 *
 * Newton's method on log P(|T| ≥ t) as a function of log t. The function is concave, so every step after the first
 * ends on the same side of the solution.
 *
 * @param alpha in (0, 1).
 */
export function studentCritical(alpha: number, df: number): number {
  const freedom = Math.min(df, NORMAL_DF);
  const logScale = gammaln((freedom + 1) / 2) - gammaln(freedom / 2) - 0.5 * Math.log(freedom * Math.PI);
  let t = 1;
  for (let step = 0; step < 200; step++) {
    const tail = studentTwoSided(t, freedom);
    const density = Math.exp(logScale - ((freedom + 1) / 2) * Math.log1p((t * t) / freedom));
    const move = (Math.log(tail / alpha) * tail) / (2 * t * density);
    t *= Math.exp(Math.max(-LOG_STEP, Math.min(LOG_STEP, move)));
    if (Math.abs(move) < 1e-13) break;
  }
  return t;
}
