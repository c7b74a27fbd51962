import { addOuter, factorise, solve } from '../../train/plain/square.ts';

/**
 * Fits somebody to ratings by plain loops: (B + Σ z zᵀ) x = Σ t z over the rows z of the movies rated.
 *
 * @param base B, factorCount × factorCount. @param targets t, one for each rated row.
 */
export function plainFoldIn(
  movieFactors: Float32Array,
  base: ArrayLike<number>,
  rows: Int32Array,
  targets: Float64Array,
): Float64Array {
  const factorCount = Math.sqrt(base.length);
  const matrix = Float64Array.from(base);
  const x = new Float64Array(factorCount);
  const z = new Float64Array(factorCount);
  rows.forEach((row, j) => {
    for (let f = 0; f < factorCount; f++) {
      z[f] = movieFactors[row * factorCount + f] as number;
      x[f] = (x[f] as number) + (targets[j] as number) * (z[f] as number);
    }
    addOuter(z, 0, factorCount, matrix);
  });
  factorise(matrix, factorCount);
  solve(matrix, factorCount, x);
  return x;
}
