/** The standard normal quantile at 0.975. */
const CENTRAL_95 = 1.959963984540054;

/**
 * Half the width of the 95% interval of a mean over all users, computed from a random sample of them: z · s / √n ·
 * √(1 − n / N), with the sample standard deviation s. The last factor is the correction for a finite population: a sample
 * of everyone has no error. Null with fewer than two users.
 *
 * W. G. Cochran (1977), Sampling Techniques, third edition, section 2.6.
 *
 * @param values of the n users of the sample.
 * @param population N, at least n.
 */
export function sampleMargin(values: Float64Array, population: number): number | null {
  const { length } = values;
  if (length < 2) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const variance = (squares / (length - 1) / length) * (1 - length / population);
  return CENTRAL_95 * Math.sqrt(Math.max(0, variance));
}
