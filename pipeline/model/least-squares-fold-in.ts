import { Arena } from '../math/compute/arena.ts';
import { instantiateKernels, type Kernels, SCRATCH } from '../math/compute/kernels.ts';
import type { RatedRows } from './heads.ts';
import { KernelRatings } from './kernel-ratings.ts';

/** The least squares problem of a person's factors with fixed movie factors. */
export interface LeastSquares {
  /** Numbers per movie, the bias included. */
  readonly factorCount: number;
  /** movies × factorCount. */
  readonly movieFactors: Float32Array;
  /** B, factorCount × factorCount: the regularisation without any rating. */
  readonly base: ArrayLike<number>;
  /** ρ: added to the diagonal for each rating. */
  readonly ridge: number;
  /** A rating of h half stars has the target factor · h + shift. */
  readonly factor: number;
  readonly shift: number;
  /** Whether the last factor is a bias. */
  readonly hasBias: boolean;
}

const REGISTERS = 8;

/**
 * Fits a person to ratings, with the kernel of the training:
 * (B + ρ n I + Σ z_j z_jᵀ) x = Σ t_j z_j.
 */
export class LeastSquaresFoldIn {
  readonly #problem: LeastSquares;
  readonly #kernels: Kernels;
  readonly #arena = new Arena();
  /** Factors in memory. The bias is the last of them. */
  readonly #padded: number;
  readonly #movies: Float32Array;
  readonly #base: Float32Array;
  readonly #x: Float32Array;
  readonly #ratings: KernelRatings;
  readonly #scratch: Float32Array;

  constructor(problem: LeastSquares) {
    const { factorCount, movieFactors, base } = problem;
    const padded = Math.ceil(factorCount / REGISTERS) * REGISTERS;
    this.#problem = problem;
    this.#padded = padded;
    this.#kernels = instantiateKernels(this.#arena.memory);
    this.#movies = this.#arena.floats((movieFactors.length / factorCount) * padded);
    for (let at = 0; at < movieFactors.length; at++) {
      this.#movies[Math.floor(at / factorCount) * padded + this.#positionOf(at % factorCount)] = movieFactors[
        at
      ] as number;
    }
    this.#base = this.#arena.floats(padded * padded);
    // The padding stays zero.
    for (let f = 0; f < padded; f++) this.#base[f * padded + f] = 1;
    for (let a = 0; a < factorCount; a++) {
      for (let b = 0; b < factorCount; b++) {
        this.#base[this.#positionOf(a) * padded + this.#positionOf(b)] = base[a * factorCount + b] as number;
      }
    }
    this.#x = this.#arena.floats(padded);
    this.#ratings = new KernelRatings(this.#arena);
    this.#scratch = this.#arena.floats(SCRATCH.solveRows(padded));
  }

  #positionOf(f: number): number {
    const { factorCount, hasBias } = this.#problem;
    return hasBias && f === factorCount - 1 ? this.#padded - 1 : f;
  }

  /** The person's factors, factorCount long. */
  solve(rated: RatedRows): Float32Array {
    const { factorCount, ridge, factor, shift, hasBias } = this.#problem;
    this.#kernels.solveRows(
      ...this.#ratings.put(rated),
      this.#x.byteOffset,
      this.#movies.byteOffset,
      this.#padded,
      this.#base.byteOffset,
      ridge,
      factor,
      shift,
      hasBias ? 1 : 0,
      0,
      1,
      0,
      this.#scratch.byteOffset,
    );
    return Float32Array.from({ length: factorCount }, (_, f) => this.#x[this.#positionOf(f)] as number);
  }

  /** What each rating adds to z_i · x for a movie i: t_j z_jᵀ A⁻¹ z_i. */
  contributions(rated: RatedRows, movieRow: number): Float64Array {
    const { factor, shift, hasBias } = this.#problem;
    const padded = this.#padded;
    const bias = padded - 1;
    // The kernel leaves the factorised matrix in its scratch memory.
    this.solve(rated);
    const z = this.#movies.slice(movieRow * padded, (movieRow + 1) * padded);
    if (hasBias) z[bias] = 1;
    this.#x.set(z);
    this.#kernels.solve(this.#scratch.byteOffset, padded, this.#x.byteOffset);
    return Float64Array.from(rated.rows, (row, j) => {
      const at = row * padded;
      const ownBias = hasBias ? (this.#movies[at + bias] as number) : 0;
      let match = hasBias ? (this.#x[bias] as number) : 0;
      for (let f = 0; f < (hasBias ? bias : padded); f++) {
        match += (this.#movies[at + f] as number) * (this.#x[f] as number);
      }
      return (factor * (rated.halves[j] as number) + shift - ownBias) * match;
    });
  }
}
