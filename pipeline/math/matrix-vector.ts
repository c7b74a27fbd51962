/**
 * Adds a matrix times a vector to what is already there: out += A x, in double precision.
 *
 * Offsets instead of `subarray` keep allocation out of the loop, and four running sums keep the additions
 * from waiting for each other. The order of additions is fixed, so equal input gives equal bits.
 *
 * @param matrix A, row-major, out.length × vector.length.
 */
export function addProduct(matrix: Float32Array, vector: Float64Array, out: Float32Array): void {
  const size = vector.length;
  const unrolled = size - (size % 4);
  for (let row = 0, at = 0; row < out.length; row++, at += size) {
    let sum0 = out[row] as number;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    for (let i = 0; i < unrolled; i += 4) {
      sum0 += (matrix[at + i] as number) * (vector[i] as number);
      sum1 += (matrix[at + i + 1] as number) * (vector[i + 1] as number);
      sum2 += (matrix[at + i + 2] as number) * (vector[i + 2] as number);
      sum3 += (matrix[at + i + 3] as number) * (vector[i + 3] as number);
    }
    for (let i = unrolled; i < size; i++) sum0 += (matrix[at + i] as number) * (vector[i] as number);
    out[row] = sum0 + sum1 + (sum2 + sum3);
  }
}
