/**
 * Small square matrices in plain loops, row-major, as in `reference/square.h`. Only the upper triangle of symmetric ones
 * is used.
 */

/** matrix += z zᵀ for the `size` numbers of `rows` from `at`. */
export function addOuter(rows: Float64Array, at: number, size: number, matrix: Float64Array): void {
  for (let a = 0; a < size; a++) {
    const left = rows[at + a] as number;
    for (let b = a; b < size; b++) {
      const to = a * size + b;
      matrix[to] = (matrix[to] as number) + left * (rows[at + b] as number);
    }
  }
}

/** A = UᵀU, U in the place of the upper triangle of A. */
export function factorise(matrix: Float64Array, size: number): void {
  for (let pivot = 0; pivot < size; pivot++) {
    const top = pivot * size;
    const scale = 1 / Math.sqrt(matrix[top + pivot] as number);
    for (let b = pivot; b < size; b++) matrix[top + b] = (matrix[top + b] as number) * scale;
    for (let a = pivot + 1; a < size; a++) {
      const factor = matrix[top + a] as number;
      for (let b = a; b < size; b++) {
        const at = a * size + b;
        matrix[at] = (matrix[at] as number) - factor * (matrix[top + b] as number);
      }
    }
  }
}

/** UᵀU x = b, x in the place of b. */
export function solve(factor: Float64Array, size: number, x: Float64Array): void {
  for (let a = 0; a < size; a++) {
    const value = (x[a] as number) / (factor[a * size + a] as number);
    x[a] = value;
    for (let b = a + 1; b < size; b++) x[b] = (x[b] as number) - value * (factor[a * size + b] as number);
  }
  for (let a = size - 1; a >= 0; a--) {
    let value = x[a] as number;
    for (let b = a + 1; b < size; b++) value -= (x[b] as number) * (factor[a * size + b] as number);
    x[a] = value / (factor[a * size + a] as number);
  }
}

/** V = U⁻¹, upper triangular, so that (UᵀU)⁻¹ = V Vᵀ. Numbers below the diagonal do not change. */
export function invertFactor(factor: Float64Array, size: number, inverse: Float64Array): void {
  for (let b = 0; b < size; b++) {
    inverse[b * size + b] = 1 / (factor[b * size + b] as number);
    for (let a = b - 1; a >= 0; a--) {
      let value = 0;
      for (let c = a + 1; c <= b; c++) {
        value -= (factor[a * size + c] as number) * (inverse[c * size + b] as number);
      }
      inverse[a * size + b] = value / (factor[a * size + a] as number);
    }
  }
}
