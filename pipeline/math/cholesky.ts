/**
 * Cholesky factorisation of small symmetric positive definite matrices, in place on flat row-major arrays:
 * what the row update of matrix factorisation does once for every user and movie of every sweep. Libraries
 * allocate a matrix object for each step, which costs more than the arithmetic at these sizes.
 *
 * Golub & Van Loan, Matrix Computations, 4th ed., section 4.2.
 */

/**
 * Replaces the upper triangle of A by U, where A = UᵀU. Only the diagonal and what lies above it is read
 * and written.
 *
 * @param matrix A, `size` × `size`.
 * @throws RangeError when A is not positive definite.
 */
export function factorise(matrix: Float64Array, size: number): void {
  for (let pivot = 0; pivot < size; pivot++) {
    const top = pivot * size;
    const square = matrix[top + pivot] as number;
    if (!(square > 0)) throw new RangeError(`matrix is not positive definite: pivot ${pivot} is ${square}`);
    const scale = 1 / Math.sqrt(square);
    for (let column = pivot; column < size; column++) {
      matrix[top + column] = (matrix[top + column] as number) * scale;
    }
    for (let row = pivot + 1; row < size; row++) {
      const factor = matrix[top + row] as number;
      const at = row * size;
      for (let column = row; column < size; column++) {
        matrix[at + column] = (matrix[at + column] as number) - factor * (matrix[top + column] as number);
      }
    }
  }
}

/**
 * Solves UᵀU x = b in place.
 *
 * @param factor U as `factorise` leaves it.
 * @param vector b, replaced by x.
 */
export function solveFactorised(factor: Float64Array, size: number, vector: Float64Array): void {
  for (let row = 0; row < size; row++) {
    const at = row * size;
    const value = (vector[row] as number) / (factor[at + row] as number);
    vector[row] = value;
    for (let column = row + 1; column < size; column++) {
      vector[column] = (vector[column] as number) - value * (factor[at + column] as number);
    }
  }
  for (let row = size - 1; row >= 0; row--) {
    const at = row * size;
    let value = vector[row] as number;
    for (let column = row + 1; column < size; column++) {
      value -= (vector[column] as number) * (factor[at + column] as number);
    }
    vector[row] = value / (factor[at + row] as number);
  }
}

/**
 * Inverts the triangle: V = U⁻¹, upper triangular, so that (UᵀU)⁻¹ = V Vᵀ.
 *
 * @param inverse V; what lies below its diagonal is left as it was.
 */
export function invertFactor(factor: Float64Array, size: number, inverse: Float64Array): void {
  for (let row = size - 1; row >= 0; row--) {
    const at = row * size;
    const scale = 1 / (factor[at + row] as number);
    for (let column = row + 1; column < size; column++) inverse[at + column] = 0;
    for (let middle = row + 1; middle < size; middle++) {
      const weight = scale * (factor[at + middle] as number);
      const from = middle * size;
      for (let column = middle; column < size; column++) {
        inverse[at + column] = (inverse[at + column] as number) - weight * (inverse[from + column] as number);
      }
    }
    inverse[at + row] = scale;
  }
}
