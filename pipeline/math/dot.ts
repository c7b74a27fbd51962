/**
 * The dot product of `length` numbers of `a` from `aOffset` and of `b` from `bOffset`, in double precision.
 * Offsets instead of `subarray` keep allocation out of inner loops; four running sums keep the
 * additions from waiting for each other. The order of additions is fixed, so equal input gives equal bits.
 */
export function dot(
  a: Float64Array,
  aOffset: number,
  b: Float64Array,
  bOffset: number,
  length: number,
): number {
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  let i = 0;
  for (; i + 3 < length; i += 4) {
    sum0 += (a[aOffset + i] as number) * (b[bOffset + i] as number);
    sum1 += (a[aOffset + i + 1] as number) * (b[bOffset + i + 1] as number);
    sum2 += (a[aOffset + i + 2] as number) * (b[bOffset + i + 2] as number);
    sum3 += (a[aOffset + i + 3] as number) * (b[bOffset + i + 3] as number);
  }
  for (; i < length; i++) sum0 += (a[aOffset + i] as number) * (b[bOffset + i] as number);
  return sum0 + sum1 + (sum2 + sum3);
}
