import { inverse, Matrix } from 'ml-matrix';
import { addGram } from '../../math/gram.ts';
import type { SparseMatrix } from '../../ratings/matrix.ts';
import type { Side } from './side.ts';

/** Observations that the prior on the shared mean (at zero) counts for. */
const MEAN_WEIGHT = 2;

/**
 * Learns the prior of a side from its posterior: what having rated a movie (or having been rated by a user)
 * says before any rating is looked at, the mean that remains, and the precision around both.
 *
 * @param opposites ratings of the opposite side, a row for each row of it.
 * @param covariance Σ of the posterior covariances of the rows, lanes × lanes.
 * @param featurePenalty λ of `learnFeatureWeights`.
 */
export function updatePrior(
  side: Side,
  opposites: SparseMatrix,
  covariance: Float64Array,
  featurePenalty: number,
): void {
  const { lanes, means, priorMeans, sharedMean } = side;
  const deviations = new Float64Array(means.length);
  for (let at = 0; at < means.length; at++) {
    deviations[at] = (means[at] as number) - (priorMeans[at] as number);
  }
  learnFeatureWeights(side, opposites, deviations, featurePenalty);
  // What features do not explain of x is the deviation and the mean all rows share.
  for (let at = 0; at < means.length; at += lanes) {
    for (let lane = 0; lane < lanes; lane++) {
      const unexplained = (deviations[at + lane] as number) + (sharedMean[lane] as number);
      deviations[at + lane] = unexplained;
      priorMeans[at + lane] = (means[at + lane] as number) - unexplained;
    }
  }
  learnMeanAndPrecision(side, deviations, covariance);
  for (let at = 0; at < means.length; at += lanes) {
    for (let lane = 0; lane < lanes; lane++) {
      priorMeans[at + lane] = (priorMeans[at + lane] as number) + (sharedMean[lane] as number);
    }
  }
}

/**
 * One Gauss–Seidel pass of the ridge regression of the deviations e_i = x_i − m − v_i Σ_j w_j on the sets of
 * opposites j, w_j being learned, v_i the scale of row i:
 *
 *     w_j ← (Σ_i v_i e_i + d_j w_j) / (λ + d_j),   d_j = Σ_i v_i² over the rows i that have a rating with j
 *
 * Only the set of opposites enters: rating values in the prior would be counted twice.
 *
 * Koren, Factorization Meets the Neighborhood, KDD 2008, for the set of opposites as evidence.
 *
 * @param deviations e, rows × lanes; kept up to date.
 */
function learnFeatureWeights(
  { lanes, featureWeights, featureScales }: Side,
  { rowCount, pointers, columns }: SparseMatrix,
  deviations: Float64Array,
  featurePenalty: number,
): void {
  const change = new Float64Array(lanes);
  for (let j = 0; j < rowCount; j++) {
    const from = pointers[j] as number;
    const to = pointers[j + 1] as number;
    let scaleSquares = 0;
    change.fill(0);
    for (let i = from; i < to; i++) {
      const row = columns[i] as number;
      const scale = featureScales[row] as number;
      scaleSquares += scale * scale;
      for (let lane = 0, at = row * lanes; lane < lanes; lane++, at++) {
        change[lane] = (change[lane] as number) + scale * (deviations[at] as number);
      }
    }
    for (let lane = 0, at = j * lanes; lane < lanes; lane++, at++) {
      const before = featureWeights[at] as number;
      const after = ((change[lane] as number) + scaleSquares * before) / (featurePenalty + scaleSquares);
      featureWeights[at] = after;
      change[lane] = after - before;
    }
    for (let i = from; i < to; i++) {
      const row = columns[i] as number;
      const scale = featureScales[row] as number;
      for (let lane = 0, at = row * lanes; lane < lanes; lane++, at++) {
        deviations[at] = (deviations[at] as number) - scale * (change[lane] as number);
      }
    }
  }
}

/**
 * Sets the shared mean m and the precision Λ to their expectation under the Normal–Wishart posterior of the
 * n rows y_i with their posterior covariances C_i:
 *
 *     m = n ȳ / (n + 2),   Λ = (n + D) (Σ (y_i − ȳ)(y_i − ȳ)ᵀ + Σ C_i + I + 2n/(n + 2) ȳȳᵀ)⁻¹
 *
 * Salakhutdinov & Mnih, Bayesian Probabilistic Matrix Factorization using MCMC, ICML 2008, eq. 14.
 *
 * @param rows y, rows × lanes; centred on return.
 */
function learnMeanAndPrecision(
  { lanes, sharedMean, precision }: Side,
  rows: Float64Array,
  covariance: Float64Array,
): void {
  const rowCount = rows.length / lanes;
  const mean = new Float64Array(lanes);
  for (let at = 0; at < rows.length; at += lanes) {
    for (let lane = 0; lane < lanes; lane++) {
      mean[lane] = (mean[lane] as number) + (rows[at + lane] as number) / rowCount;
    }
  }
  for (let at = 0; at < rows.length; at += lanes) {
    for (let lane = 0; lane < lanes; lane++) {
      rows[at + lane] = (rows[at + lane] as number) - (mean[lane] as number);
    }
  }
  const scatter = covariance.slice();
  addGram(rows, rowCount, lanes, scatter);
  const meanWeight = (rowCount * MEAN_WEIGHT) / (rowCount + MEAN_WEIGHT);
  const scale = Matrix.eye(lanes);
  for (let a = 0; a < lanes; a++) {
    for (let b = 0; b < lanes; b++) {
      const upper = scatter[Math.min(a, b) * lanes + Math.max(a, b)] as number;
      scale.set(a, b, scale.get(a, b) + upper + meanWeight * (mean[a] as number) * (mean[b] as number));
    }
  }
  precision.set(
    inverse(scale)
      .mul(rowCount + lanes)
      .to1DArray(),
  );
  for (let lane = 0; lane < lanes; lane++) {
    sharedMean[lane] = (rowCount * (mean[lane] as number)) / (rowCount + MEAN_WEIGHT);
  }
}
