import { incompleteBeta } from './incomplete-beta.ts';

/**
 * The probability of `successes` or more in `trials` independent trials, P(X ≥ k) = I_p(k, n − k + 1). Equal to
 * `scipy.stats.binom.sf(k - 1, n, p)`.
 */
export function binomialTail(successes: number, trials: number, p: number): number {
  if (successes <= 0) return 1;
  if (successes > trials) return 0;
  return incompleteBeta(successes, trials - successes + 1, p, 1 - p);
}
