import { once } from '../../lib/once.ts';
import type { Baseline } from '../baseline.ts';
import type { RatingsHead, RatingsView } from '../heads.ts';
import { type LeastSquaresTarget, leastSquaresFoldIn } from '../least-squares-fold-in.ts';
import type { TensorReader } from '../tensor-reader.ts';
import { biasedProduct } from './biased-product.ts';

/** The parameters of matrix factorisation, from any training algorithm. */
export interface Factors {
  /** Numbers per row: factors, and the row's bias in stars as the last. */
  readonly factorCount: number;
  /** users.size × factorCount. */
  readonly userFactors: Float32Array;
  /** movies.size × factorCount. */
  readonly movieFactors: Float32Array;
  /** Ridge penalties of the fold-in: of factors, of the bias, and of both per rating. */
  readonly ridge: readonly [factors: number, bias: number, perRating: number];
}

export const FACTORS = 'factors';

/** The targets of the least squares of stars above the mean. */
export const starsTarget = (mean: number, ridge: number): LeastSquaresTarget => ({
  ridge,
  factor: 0.5,
  shift: -mean,
  hasBias: true,
});

/**
 * Biased matrix factorisation: r̂ = μ + b_u + c_i + Σ p_uf q_if for user u and movie i. A new user is fitted
 * to ratings by ridge regression on the movies' factors.
 *
 * Koren, Bell & Volinsky, Matrix Factorization Techniques for Recommender Systems, IEEE Computer 42 (2009).
 */
export function factorsHead({ users, movies, mean }: Baseline, factors: Factors): RatingsHead {
  const { factorCount, userFactors, movieFactors, ridge } = factors;
  const product = biasedProduct(mean, movieFactors, factorCount);
  const solver = once(() =>
    leastSquaresFoldIn({
      factorCount,
      movieFactors,
      base: diagonal(factorCount, ridge),
      ...starsTarget(mean, ridge[2]),
    }),
  );
  const viewOf = (x: Float32Array, contributions: RatingsView['contributions']): RatingsView => ({
    ...product(x),
    deviation: () => null,
    contributions,
  });
  return {
    kind: FACTORS,
    personal: true,
    movieVectors: { factorCount, used: factorCount - 1, data: movieFactors },
    user: (row) => viewOf(userFactors.subarray(row * factorCount, (row + 1) * factorCount), () => null),
    foldIn: (rated) => viewOf(solver().solve(rated), (movieRow) => solver().contributions(rated, movieRow)),
    tensors: {
      user_factors: { shape: [users.size, factorCount], data: userFactors },
      movie_factors: { shape: [movies.size, factorCount], data: movieFactors },
      fold_in_ridge: { shape: [3], data: Float64Array.from(ridge) },
    },
  };
}

function diagonal(factorCount: number, [factors, bias]: Factors['ridge']): Float64Array {
  const matrix = new Float64Array(factorCount * factorCount);
  for (let f = 0; f < factorCount; f++) matrix[f * factorCount + f] = f === factorCount - 1 ? bias : factors;
  return matrix;
}

export function readFactorsHead(file: TensorReader, baseline: Baseline): RatingsHead {
  const factorCount = file.widthOf('user_factors');
  const [factors, bias, perRating] = file.doubles('fold_in_ridge', [3]) as unknown as Factors['ridge'];
  return factorsHead(baseline, {
    factorCount,
    userFactors: file.floats('user_factors', [baseline.users.size, factorCount]),
    movieFactors: file.floats('movie_factors', [baseline.movies.size, factorCount]),
    ridge: [factors, bias, perRating],
  });
}
