/** Six decimals are enough for a smoke test to compare, and shorter to send. */
export function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
