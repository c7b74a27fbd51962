import { Arena } from '../math/compute/arena.ts';
import { instantiateKernels, SCRATCH } from '../math/compute/kernels.ts';
import type { RatedRows } from './heads.ts';
import { kernelRatings } from './kernel-ratings.ts';

/** The targets and the penalty of ratings in least squares: see `solveRows`. */
export interface LeastSquaresTarget {
  /** ρ: added to the diagonal for each rating. */
  readonly ridge: number;
  /** A rating of h half stars has the target factor · h + shift. */
  readonly factor: number;
  readonly shift: number;
  /** Whether the last factor is a bias. */
  readonly hasBias: boolean;
}

/** The least squares problem of a person's factors with fixed movie factors. */
interface LeastSquares extends LeastSquaresTarget {
  /** Numbers per movie, the bias included. */
  readonly factorCount: number;
  /** movies × factorCount. */
  readonly movieFactors: Float32Array;
  /** B, factorCount × factorCount: the regularisation without any rating. */
  readonly base: ArrayLike<number>;
}

const REGISTERS = 8;

/**
 * Fits a person to ratings, with the kernel of the training:
 * (B + ρ n I + Σ z_j z_jᵀ) x = Σ t_j z_j.
 */
export function leastSquaresFoldIn(problem: LeastSquares) {
  const { factorCount, movieFactors, base, ridge, factor, shift, hasBias } = problem;
  /** Factors in memory. The bias is the last of them. */
  const padded = Math.ceil(factorCount / REGISTERS) * REGISTERS;
  const bias = padded - 1;
  const positionOf = (f: number): number => (hasBias && f === factorCount - 1 ? bias : f);
  const arena = new Arena();
  const kernels = instantiateKernels(arena.memory);
  const movies = arena.floats((movieFactors.length / factorCount) * padded);
  for (let at = 0; at < movieFactors.length; at++) {
    const row = Math.floor(at / factorCount);
    movies[row * padded + positionOf(at % factorCount)] = movieFactors[at] as number;
  }
  const paddedBase = arena.floats(padded * padded);
  // The padding stays zero.
  for (let f = 0; f < padded; f++) paddedBase[f * padded + f] = 1;
  for (let a = 0; a < factorCount; a++) {
    for (let b = 0; b < factorCount; b++) {
      paddedBase[positionOf(a) * padded + positionOf(b)] = base[a * factorCount + b] as number;
    }
  }
  const x = arena.floats(padded);
  const putRatings = kernelRatings(arena);
  const scratch = arena.floats(SCRATCH.solveRows(padded));

  /** The person's factors, factorCount long. */
  function solve(rated: RatedRows): Float32Array {
    kernels.solveRows(
      ...putRatings(rated),
      x.byteOffset,
      movies.byteOffset,
      padded,
      paddedBase.byteOffset,
      ridge,
      factor,
      shift,
      hasBias ? 1 : 0,
      0,
      1,
      0,
      scratch.byteOffset,
    );
    return Float32Array.from({ length: factorCount }, (_, f) => x[positionOf(f)] as number);
  }

  /** What each rating adds to z_i · x for a movie i: t_j z_jᵀ A⁻¹ z_i. */
  function contributions(rated: RatedRows, movieRow: number): Float64Array {
    // The kernel leaves the factorised matrix in its scratch memory.
    solve(rated);
    x.set(movies.subarray(movieRow * padded, (movieRow + 1) * padded));
    if (hasBias) x[bias] = 1;
    kernels.solve(scratch.byteOffset, padded, x.byteOffset);
    return Float64Array.from(rated.rows, (row, j) => {
      const at = row * padded;
      const ownBias = hasBias ? (movies[at + bias] as number) : 0;
      let match = hasBias ? (x[bias] as number) : 0;
      for (let f = 0; f < (hasBias ? bias : padded); f++) {
        match += (movies[at + f] as number) * (x[f] as number);
      }
      return (factor * (rated.halves[j] as number) + shift - ownBias) * match;
    });
  }

  return { solve, contributions };
}
