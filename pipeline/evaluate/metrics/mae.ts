/**
 * Mean absolute error: Σ |e| / n, in the unit of the errors. Null for no errors.
 *
 * Herlocker et al., Evaluating Collaborative Filtering Recommender Systems, ACM TOIS 22 (2004).
 */
export function mae(errors: Float64Array): number | null {
  if (errors.length === 0) return null;
  let sum = 0;
  for (const error of errors) sum += Math.abs(error);
  return sum / errors.length;
}
