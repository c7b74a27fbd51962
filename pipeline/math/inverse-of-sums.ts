import { CholeskyDecomposition, EigenvalueDecomposition, inverse, Matrix } from 'ml-matrix';

/**
 * Inverts A + uB for many u. With A = LLᵀ and L⁻¹BL⁻ᵀ = QDQᵀ it is W (I + uD)⁻¹ Wᵀ, W = L⁻ᵀQ (Golub & Van Loan, Matrix
 * Computations, 8.7.1), so that for each u a product is left.
 *
 * @param a symmetric and positive definite, size × size. @param b symmetric and positive semidefinite.
 * @returns the inverse for u ≥ 0, row-major.
 */
export function inverseOfSums(a: Float64Array, b: Float64Array, size: number): (u: number) => Float64Array {
  // Rounding may have left the two halves unequal.
  const symmetric = (values: Float64Array): Matrix => {
    const matrix = Matrix.from1DArray(size, size, Array.from(values));
    return matrix.add(matrix.transpose()).mul(0.5);
  };
  const lowerInverse = inverse(new CholeskyDecomposition(symmetric(a)).lowerTriangularMatrix);
  const reduced = lowerInverse.mmul(symmetric(b)).mmul(lowerInverse.transpose());
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(reduced, {
    assumeSymmetric: true,
  });
  // Rows of Wᵀ are contiguous.
  const vectors = Float64Array.from(eigenvectorMatrix.transpose().mmul(lowerInverse).to1DArray());
  return (u) => {
    const inverted = new Float64Array(size * size);
    for (let k = 0; k < size; k++) {
      const scale = 1 / (1 + u * (realEigenvalues[k] as number));
      for (let row = 0; row < size; row++) {
        const factor = scale * (vectors[k * size + row] as number);
        for (let column = 0; column < size; column++) {
          const at = row * size + column;
          inverted[at] = (inverted[at] as number) + factor * (vectors[k * size + column] as number);
        }
      }
    }
    return inverted;
  };
}
