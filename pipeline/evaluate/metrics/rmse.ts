import type { ErrorFormula } from '../metric.ts';

/**
 * Root mean squared error: √(Σ e² / n), in the unit of the errors. Null without errors.
 *
 * Herlocker et al., Evaluating Collaborative Filtering Recommender Systems, ACM TOIS 22 (2004).
 */
export const rmse: ErrorFormula = { over: 'errors', each: (error) => error * error, finish: Math.sqrt };
