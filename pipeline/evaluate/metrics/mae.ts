import type { ErrorFormula } from '../metric.ts';

/**
 * Mean absolute error: Σ |e| / n, in the unit of the errors. Null without errors.
 *
 * Herlocker et al., Evaluating Collaborative Filtering Recommender Systems, ACM TOIS 22 (2004).
 */
export const mae: ErrorFormula = { over: 'errors', each: Math.abs, finish: (mean) => mean };
