/** Cholesky factorisation by the textbook's loops, in double precision: what the kernels are compared with. */

/**
 * U of A = UᵀU, upper triangular, zeros below the diagonal.
 * Golub & Van Loan, Matrix Computations, 4th ed., section 4.2.
 */
export function naiveFactor(matrix: ArrayLike<number>, size: number): Float64Array {
  const factor = new Float64Array(size * size);
  for (let j = 0; j < size; j++) {
    for (let r = j; r < size; r++) {
      let rest = matrix[j * size + r] as number;
      for (let k = 0; k < j; k++) rest -= (factor[k * size + j] as number) * (factor[k * size + r] as number);
      factor[j * size + r] = r === j ? Math.sqrt(rest) : rest / (factor[j * size + j] as number);
    }
  }
  return factor;
}

/** x of UᵀU x = b. */
export function naiveSolve(factor: Float64Array, size: number, right: ArrayLike<number>): Float64Array {
  const x = Float64Array.from(right);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i] = (x[i] as number) - (factor[k * size + i] as number) * (x[k] as number);
    x[i] = (x[i] as number) / (factor[i * size + i] as number);
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) {
      x[i] = (x[i] as number) - (factor[i * size + k] as number) * (x[k] as number);
    }
    x[i] = (x[i] as number) / (factor[i * size + i] as number);
  }
  return x;
}

/** W = U⁻ᵀ, lower triangular: WᵀW = A⁻¹. */
export function naiveInverseFactor(factor: Float64Array, size: number): Float64Array {
  const inverse = new Float64Array(size * size);
  for (let column = 0; column < size; column++) {
    for (let i = column; i < size; i++) {
      let rest = i === column ? 1 : 0;
      for (let k = column; k < i; k++) {
        rest -= (factor[k * size + i] as number) * (inverse[k * size + column] as number);
      }
      inverse[i * size + column] = rest / (factor[i * size + i] as number);
    }
  }
  return inverse;
}
