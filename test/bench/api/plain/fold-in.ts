import { addOuter, factorise, solve } from '../../train/plain/square.ts';

/**
 * Fits somebody to ratings by plain loops: (B + Σ z zᵀ) x = Σ t z over the rows z of the movies rated.
 *
 * @param base B, lanes × lanes. @param targets t, one for each rated row.
 */
export function plainFoldIn(
  movieFactors: Float32Array,
  base: ArrayLike<number>,
  rows: Int32Array,
  targets: Float64Array,
): Float64Array {
  const lanes = Math.sqrt(base.length);
  const matrix = Float64Array.from(base);
  const x = new Float64Array(lanes);
  const z = new Float64Array(lanes);
  rows.forEach((row, j) => {
    for (let lane = 0; lane < lanes; lane++) {
      z[lane] = movieFactors[row * lanes + lane] as number;
      x[lane] = (x[lane] as number) + (targets[j] as number) * (z[lane] as number);
    }
    addOuter(z, 0, lanes, matrix);
  });
  factorise(matrix, lanes);
  solve(matrix, lanes, x);
  return x;
}
