/**
 * Holm's step-down adjustment of the p-values of several tests. When every test with an adjusted p-value of at most α
 * is rejected, the probability of one or more false rejections is at most α, also for tests that depend on each other.
 *
 * @returns adjusted p-values in the order of the input, each 0 to 1 and not below its own.
 * Formula: S. Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal
 * of Statistics 6, 65–70.
 */
export function holmAdjusted(pValues: readonly number[]): readonly number[] {
  const adjusted = new Array<number>(pValues.length);
  const ascending = pValues.map((p, position) => ({ p, position })).sort((a, b) => a.p - b.p);
  let largest = 0;
  for (const [rank, { p, position }] of ascending.entries()) {
    largest = Math.max(largest, Math.min(1, p * (pValues.length - rank)));
    adjusted[position] = largest;
  }
  return adjusted;
}
