/**
 * Root mean squared error: √(Σ e² / n), in the unit of the errors. Null for no errors.
 *
 * Herlocker et al., Evaluating Collaborative Filtering Recommender Systems, ACM TOIS 22 (2004).
 */
export function rmse(errors: Float64Array): number | null {
  if (errors.length === 0) return null;
  let sum = 0;
  for (const error of errors) sum += error * error;
  return Math.sqrt(sum / errors.length);
}
