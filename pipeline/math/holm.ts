/**
 * Holm's step-down adjustment: a family of tests that rejects where the adjusted p-value is at most α
 * errs at least once with probability at most α, whatever the tests have to do with each other.
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
