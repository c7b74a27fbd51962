/** Sum of all counts. */
export function total(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i] as number;
  return sum;
}

/**
 * The Jensen–Shannon distance between two distributions, given as counts of the same categories: the square root of
 * the divergence in nats, from 0 (equal) to √ln 2 (nothing in common). Equal to
 * `scipy.spatial.distance.jensenshannon(a, b)`.
 *
 * @param a counts, same length as `b`; neither sums to 0.
 * Formula: D. M. Endres and J. E. Schindelin (2003), A new metric for probability distributions, IEEE
 * Transactions on Information Theory 49, 1858–1860.
 */
export function jensenShannonDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const totalA = total(a);
  const totalB = total(b);
  let divergence = 0;
  for (let i = 0; i < a.length; i++) {
    const p = (a[i] as number) / totalA;
    const q = (b[i] as number) / totalB;
    const middle = (p + q) / 2;
    if (p > 0) divergence += p * Math.log(p / middle);
    if (q > 0) divergence += q * Math.log(q / middle);
  }
  return Math.sqrt(Math.max(0, divergence) / 2);
}

/** The part of each category in twice the Jensen–Shannon divergence, in nats; 0 or more. */
export function jensenShannonTerms(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const totalA = total(a);
  const totalB = total(b);
  return Float64Array.from(a, (count, i) => {
    const p = count / totalA;
    const q = (b[i] as number) / totalB;
    const middle = (p + q) / 2;
    return (p > 0 ? p * Math.log(p / middle) : 0) + (q > 0 ? q * Math.log(q / middle) : 0);
  });
}
