import { once } from '../../lib/once.ts';
import type { Baseline } from '../baseline.ts';
import type { RatingsHead, RatingsView } from '../heads.ts';
import type { TensorReader } from '../tensor-reader.ts';
import { type BayesFactors, bayesFoldIn } from './bayes-fold-in.ts';
import { biasedProduct } from './biased-product.ts';

export const BAYES = 'bayes';

/**
 * r̂ = μ + b_u + c_i + p·q under the posterior of variational Bayes, with its standard deviation from the noise of a
 * rating and the uncertainty about user and movie. Users, movies and their factors are independent:
 *
 *     Var r = 1/τ + Var b + Var c + Σ_l (p_l² Var q_l + q_l² Var p_l + Var p_l Var q_l)
 */
export function bayesHead(baseline: Baseline, factors: BayesFactors): RatingsHead {
  const { users, movies, mean } = baseline;
  const { factorCount, userFactors, userVariances, movieFactors, movieVariances, noisePrecision } = factors;
  const { foldIn: prior } = factors;
  const bias = factorCount - 1;
  const product = biasedProduct(mean, movieFactors, factorCount);
  const solver = once(() => bayesFoldIn(factors, mean));

  const viewOf = (
    x: Float32Array,
    variances: Float32Array,
    contributions: RatingsView['contributions'],
  ): RatingsView => ({
    ...product(x),
    deviation(movieRow) {
      const movie = movieRow * factorCount;
      let variance =
        1 / noisePrecision + (variances[bias] as number) + (movieVariances[movie + bias] as number);
      for (let f = 0; f < bias; f++) {
        const p = x[f] as number;
        const q = movieFactors[movie + f] as number;
        const spreadOfP = variances[f] as number;
        const spreadOfQ = movieVariances[movie + f] as number;
        variance += p * p * spreadOfQ + q * q * spreadOfP + spreadOfP * spreadOfQ;
      }
      return Math.sqrt(variance);
    },
    contributions,
  });

  return {
    kind: BAYES,
    personal: true,
    movieVectors: { factorCount, used: bias, data: movieFactors },
    user(row) {
      const [from, to] = [row * factorCount, (row + 1) * factorCount];
      return viewOf(userFactors.subarray(from, to), userVariances.subarray(from, to), () => null);
    },
    foldIn(rated) {
      const { x, variances } = solver().solve(rated);
      return viewOf(x, variances, (movieRow) => solver().contributions(rated, movieRow));
    },
    tensors: {
      user_factors: { shape: [users.size, factorCount], data: userFactors },
      user_variances: { shape: [users.size, factorCount], data: userVariances },
      movie_factors: { shape: [movies.size, factorCount], data: movieFactors },
      movie_variances: { shape: [movies.size, factorCount], data: movieVariances },
      noise_precision: { shape: [1], data: Float64Array.of(noisePrecision) },
      fold_in_evidence: { shape: [movies.size, factorCount], data: prior.evidence },
      fold_in_mean: { shape: [factorCount], data: prior.mean },
      fold_in_covariance: { shape: [factorCount, factorCount], data: prior.covariance },
      fold_in_evidence_mean: { shape: [factorCount], data: prior.evidenceMean },
      fold_in_evidence_covariance: { shape: [factorCount, factorCount], data: prior.evidenceCovariance },
      fold_in_damping: { shape: [2], data: Float64Array.of(prior.activityOffset, prior.shrinkage) },
    },
  };
}

export function readBayesHead(file: TensorReader, baseline: Baseline): RatingsHead {
  const { users, movies } = baseline;
  const factorCount = file.widthOf('user_factors');
  if (factorCount % 8 !== 0)
    file.refuse(`tensor user_factors has ${factorCount} factors, which is not a multiple of 8`);
  const noisePrecision = file.scalar('noise_precision');
  if (noisePrecision <= 0)
    file.refuse(`tensor noise_precision holds ${noisePrecision}, which is not positive`);
  const nonNegative = (name: string, rows: number): Float32Array => {
    const values = file.floats(name, [rows, factorCount]);
    const negative = values.findIndex((value) => value < 0);
    if (negative >= 0) file.refuse(`tensor ${name} holds ${values[negative]} at position ${negative}`);
    return values;
  };
  const [activityOffset = 0, shrinkage = 0] = file.doubles('fold_in_damping', [2]);
  return bayesHead(baseline, {
    factorCount,
    userFactors: file.floats('user_factors', [users.size, factorCount]),
    userVariances: nonNegative('user_variances', users.size),
    movieFactors: file.floats('movie_factors', [movies.size, factorCount]),
    movieVariances: nonNegative('movie_variances', movies.size),
    noisePrecision,
    foldIn: {
      evidence: file.floats('fold_in_evidence', [movies.size, factorCount]),
      mean: file.doubles('fold_in_mean', [factorCount]),
      covariance: file.doubles('fold_in_covariance', [factorCount, factorCount]),
      evidenceMean: file.doubles('fold_in_evidence_mean', [factorCount]),
      evidenceCovariance: file.doubles('fold_in_evidence_covariance', [factorCount, factorCount]),
      activityOffset,
      shrinkage,
    },
  });
}
