import { inverse, Matrix } from 'ml-matrix';
import { SCRATCH } from '../../../math/compute/kernels.ts';
import { addUp, type WorkerPool } from '../../../math/compute/worker-pool.ts';
import type { FactorSide } from './side.ts';

/** Number of observations that the prior of the shared mean (at zero) equals. */
const MEAN_WEIGHT = 2;

/** Sums over all rows after an update of a side. */
export interface RowStatistics {
  /** Σ of the posterior covariances, factorCount × factorCount, upper triangle. */
  readonly covariance: Float64Array;
  /** Expected sum of squared errors over all ratings, stars². */
  readonly squaredError: number;
}

/**
 * Updates the posterior of every row of `side`; the opposite side is fixed. The kernel `updateBayesRows` has the
 * equations.
 *
 * Raiko, Ilin & Karhunen, Principal Component Analysis for Large Scale Problems with Lots of Missing Values,
 * ECML 2007, for the variational update.
 *
 * @param mean μ, stars.
 * @param noisePrecision τ, 1/stars².
 */
export function updateRows(
  pool: WorkerPool,
  side: FactorSide,
  opposite: FactorSide,
  mean: number,
  noisePrecision: number,
): RowStatistics {
  const { factorCount, ratings, bounds, slots, prior, precision } = side;
  for (let at = 0; at < prior.length; at++) prior[at] = (precision[at] as number) / noisePrecision;
  pool.run(
    'updateBayesRows',
    [
      ratings.pointers.byteOffset,
      ratings.columns.byteOffset,
      ratings.halves.byteOffset,
      side.means.byteOffset,
      side.variances.byteOffset,
      side.featureMeans.byteOffset,
      side.deviations.byteOffset,
      ratings.rowCount,
      opposite.means.byteOffset,
      opposite.variances.byteOffset,
      factorCount,
      mean,
      noisePrecision,
      prior.byteOffset,
      side.shared.byteOffset,
    ],
    { bounds, slots, scratch: SCRATCH.updateBayesRows(factorCount) },
  );
  let squaredError = 0;
  for (let at = 0; at < slots.memory.length; at += slots.stride) {
    const address = slots.memory.byteOffset + 4 * (at + factorCount * factorCount);
    squaredError += new Float64Array(slots.memory.buffer, address, 1)[0] as number;
  }
  return { covariance: addUp(slots, factorCount * factorCount), squaredError };
}

/**
 * Learns the prior of a side from its posterior: the weights of its features, the shared mean m, and the precision Λ
 * around both. m and Λ are the expectations under the Normal–Wishart posterior of the n rows y_i = m + e_i with
 * posterior covariances C_i; D is the number of factors:
 *
 *     m = n ȳ / (n + 2),   Λ = (n + D) (Σ (y_i − ȳ)(y_i − ȳ)ᵀ + Σ C_i + I + 2n/(n + 2) ȳȳᵀ)⁻¹
 *
 * Salakhutdinov & Mnih, Bayesian Probabilistic Matrix Factorization using MCMC, ICML 2008, eq. 14; Koren,
 * Factorization Meets the Neighborhood, KDD 2008, for the set of opposites as evidence.
 */
export function updatePrior(pool: WorkerPool, side: FactorSide, { covariance }: RowStatistics): void {
  const { factorCount, deviations, bounds, slots, shared } = side;
  const { rowCount } = side.ratings;
  for (const { rowsByFeature, scales, weights, penalty } of side.evidence) {
    pool.run(
      'learnFeatureWeights',
      [
        rowsByFeature.pointers.byteOffset,
        rowsByFeature.columns.byteOffset,
        rowsByFeature.rowCount,
        deviations.byteOffset,
        rowCount,
        scales.byteOffset,
        weights.byteOffset,
        penalty,
      ],
      { bounds: side.groups },
    );
  }
  pool.run(
    'refreshPrior',
    [
      side.means.byteOffset,
      deviations.byteOffset,
      rowCount,
      factorCount,
      shared.byteOffset,
      side.featureMeans.byteOffset,
    ],
    { bounds, slots, scratch: SCRATCH.refreshPrior(factorCount) },
  );
  const sums = addUp(slots, factorCount * factorCount + factorCount);
  // ȳ − m, because the rows are deviations from m.
  const offset = sums.subarray(factorCount * factorCount).map((sum) => sum / rowCount);
  const mean = offset.map((value, f) => value + (shared[f] as number));
  const meanWeight = (rowCount * MEAN_WEIGHT) / (rowCount + MEAN_WEIGHT);
  const scale = Matrix.eye(factorCount);
  for (let a = 0; a < factorCount; a++) {
    for (let b = 0; b < factorCount; b++) {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const scatter =
        (sums[low * factorCount + high] as number) - rowCount * (offset[a] as number) * (offset[b] as number);
      const spread = covariance[low * factorCount + high] as number;
      const pull = meanWeight * (mean[a] as number) * (mean[b] as number);
      scale.set(a, b, scale.get(a, b) + scatter + spread + pull);
    }
  }
  side.precision.set(
    inverse(scale)
      .mul(rowCount + factorCount)
      .to1DArray(),
  );
  for (let f = 0; f < factorCount; f++) {
    shared[f] = (rowCount * (mean[f] as number)) / (rowCount + MEAN_WEIGHT);
  }
}
