import { inverse, Matrix } from 'ml-matrix';
import { addGram } from '../../math/gram.ts';
import type { Side } from './side.ts';

/** Observations that the prior on the shared mean (at zero) counts for. */
const MEAN_WEIGHT = 2;

/**
 * Learns the prior of a side from its posterior: what having rated a movie (or having been rated by a user)
 * says before any rating is looked at, the mean that remains, and the precision around both.
 *
 * With x_i the posterior mean of row i and v_i its feature scale, the deviations e_i = x_i − m − v_i Σ_j w_j
 * are lowered by one Gauss–Seidel pass of ridge regression over the opposites j,
 *
 *     w_j ← (Σ_i v_i e_i + d_j w_j) / (λ + d_j),   d_j = Σ_i v_i² over the rows i that j has ratings with,
 *
 * then m and Λ follow from the Normal–Wishart posterior of x_i − v_i Σ_j w_j. Only the set of opposites
 * enters: rating values in the prior would be counted twice.
 *
 * Salakhutdinov & Mnih, Bayesian Probabilistic Matrix Factorization, ICML 2008, eq. 14, for m and Λ;
 * Koren, Factorization Meets the Neighborhood, KDD 2008, for the set of opposites as evidence.
 *
 * @param opposites ratings of the opposite side, whose rows are the j.
 * @param covariance Σ of the posterior covariances of the rows.
 * @param featurePenalty λ.
 */
export function updatePrior(
  side: Side,
  opposites: Side['ratings'],
  covariance: Float64Array,
  featurePenalty: number,
): void {
  const { lanes, means, priorMeans, featureWeights, featureScales, sharedMean, precision } = side;
  const { rowCount } = side.ratings;
  const deviations = Float32Array.from(means, (mean, at) => mean - (priorMeans[at] as number));
  const gradient = new Float64Array(lanes);
  for (let j = 0; j < opposites.rowCount; j++) {
    const from = opposites.pointers[j] as number;
    const to = opposites.pointers[j + 1] as number;
    let scaleSquares = 0;
    gradient.fill(0);
    for (let i = from; i < to; i++) {
      const row = opposites.columns[i] as number;
      const scale = featureScales[row] as number;
      scaleSquares += scale * scale;
      for (let lane = 0, at = row * lanes; lane < lanes; lane++, at++) {
        gradient[lane] = (gradient[lane] as number) + scale * (deviations[at] as number);
      }
    }
    for (let lane = 0, at = j * lanes; lane < lanes; lane++, at++) {
      const before = featureWeights[at] as number;
      const after = ((gradient[lane] as number) + scaleSquares * before) / (featurePenalty + scaleSquares);
      featureWeights[at] = after;
      gradient[lane] = after - before;
    }
    for (let i = from; i < to; i++) {
      const row = opposites.columns[i] as number;
      const scale = featureScales[row] as number;
      for (let lane = 0, at = row * lanes; lane < lanes; lane++, at++) {
        deviations[at] = (deviations[at] as number) - scale * (gradient[lane] as number);
      }
    }
  }

  const shift = new Float64Array(lanes);
  for (let at = 0; at < deviations.length; at++) {
    const lane = at % lanes;
    shift[lane] = (shift[lane] as number) + (deviations[at] as number) / rowCount;
  }
  const residualMean = sharedMean.map((mean, lane) => mean + (shift[lane] as number));
  const centred = Float64Array.from(deviations, (value, at) => value - (shift[at % lanes] as number));
  const scatter = new Float64Array(lanes * lanes);
  addGram(centred, rowCount, lanes, scatter);
  const meanWeight = (rowCount * MEAN_WEIGHT) / (rowCount + MEAN_WEIGHT);
  const scale = new Matrix(lanes, lanes);
  for (let a = 0; a < lanes; a++) {
    for (let b = a; b < lanes; b++) {
      const entry =
        (scatter[a * lanes + b] as number) +
        (covariance[a * lanes + b] as number) +
        meanWeight * (residualMean[a] as number) * (residualMean[b] as number) +
        (a === b ? 1 : 0);
      scale.set(a, b, entry);
      scale.set(b, a, entry);
    }
  }
  const wishart = inverse(scale).mul(rowCount + lanes);
  precision.set(wishart.to1DArray());

  const learned = residualMean.map((mean) => (rowCount * mean) / (rowCount + MEAN_WEIGHT));
  for (let at = 0; at < priorMeans.length; at++) {
    const lane = at % lanes;
    const informed = (means[at] as number) - (deviations[at] as number) - (sharedMean[lane] as number);
    priorMeans[at] = informed + (learned[lane] as number);
  }
  sharedMean.set(learned);
}
