import { factorise, invertFactor, solveFactorised } from '../../math/cholesky.ts';
import { dot } from '../../math/dot.ts';
import { addGram } from '../../math/gram.ts';
import type { Side } from './side.ts';

/** What one update of a side says of all its rows together. */
export interface RowStatistics {
  /** Σ of the posterior covariances, lanes × lanes, symmetric. */
  readonly covariance: Float64Array;
  /** Expected sum of squared errors over all ratings, stars². */
  readonly squaredError: number;
}

/** Ratings whose opposites are gathered at a time. */
const CHUNK = 128;

/**
 * Updates the posterior of every row of `side`, the opposite side being fixed. For a row with ratings r_j and
 * prior mean M, z_j = [q_j, 1] and t_j = r_j − μ − c_j of its opposites j:
 *
 *     A = Λ/τ + Σ z_j z_jᵀ + diag(Σ C_j),   x = A⁻¹ (ΛM/τ + Σ t_j z_j),   covariance = A⁻¹/τ
 *
 * C_j being the factor variances of the opposites. Rows do not depend on each other.
 *
 * Raiko, Ilin & Karhunen, Principal Component Analysis for Large Scale Problems with Lots of Missing Values,
 * ECML 2007, for the variational update; the prior means are learned, see `updatePrior`.
 *
 * @param side its `means` and `variances` are replaced.
 * @param mean μ, stars.
 * @param noisePrecision τ, 1/stars².
 */
export function updateRows(side: Side, opposite: Side, mean: number, noisePrecision: number): RowStatistics {
  const { lanes, means, variances, priorMeans } = side;
  const { rowCount, pointers, columns, values } = side.ratings;
  const bias = lanes - 1;
  const prior = side.precision.map((value) => value / noisePrecision);
  const matrix = new Float64Array(lanes * lanes);
  const inverse = new Float64Array(lanes * lanes);
  const gathered = new Float64Array(CHUNK * lanes);
  const evidence = new Float64Array(lanes);
  const right = new Float64Array(lanes);
  const solution = new Float64Array(lanes);
  const expected = new Float64Array(lanes);
  const uncertainty = new Float64Array(lanes);
  const covariance = new Float64Array(lanes * lanes);
  let squaredError = 0;

  for (let row = 0; row < rowCount; row++) {
    const at = row * lanes;
    const end = pointers[row + 1] as number;
    matrix.set(prior);
    for (let lane = 0; lane < lanes; lane++) expected[lane] = priorMeans[at + lane] as number;
    evidence.fill(0);
    uncertainty.fill(0);
    let squaredTargets = 0;
    for (let from = pointers[row] as number; from < end; from += CHUNK) {
      const count = Math.min(CHUNK, end - from);
      for (let i = 0; i < count; i++) {
        const other = (columns[from + i] as number) * lanes;
        const target = (values[from + i] as number) - mean - (opposite.means[other + bias] as number);
        const z = i * lanes;
        squaredTargets += target * target;
        for (let lane = 0; lane < bias; lane++) {
          const value = opposite.means[other + lane] as number;
          gathered[z + lane] = value;
          evidence[lane] = (evidence[lane] as number) + target * value;
          uncertainty[lane] = (uncertainty[lane] as number) + (opposite.variances[other + lane] as number);
        }
        gathered[z + bias] = 1;
        evidence[bias] = (evidence[bias] as number) + target;
        uncertainty[bias] = (uncertainty[bias] as number) + (opposite.variances[other + bias] as number);
      }
      addGram(gathered, count, lanes, matrix);
    }
    for (let lane = 0; lane < bias; lane++) {
      const diagonal = lane * lanes + lane;
      matrix[diagonal] = (matrix[diagonal] as number) + (uncertainty[lane] as number);
    }
    for (let lane = 0; lane < lanes; lane++) {
      right[lane] = (evidence[lane] as number) + dot(prior, lane * lanes, expected, 0, lanes);
    }
    solution.set(right);
    factorise(matrix, lanes);
    solveFactorised(matrix, lanes, solution);
    invertFactor(matrix, lanes, inverse);

    // (UᵀU)⁻¹ = V Vᵀ; the trace of its product with Λ/τ enters the expected error below.
    let trace = 0;
    for (let a = 0; a < lanes; a++) {
      for (let b = a; b < lanes; b++) {
        let product = 0;
        for (let lane = b; lane < lanes; lane++) {
          product += (inverse[a * lanes + lane] as number) * (inverse[b * lanes + lane] as number);
        }
        const entry = a * lanes + b;
        covariance[entry] = (covariance[entry] as number) + product;
        trace += (a === b ? 1 : 2) * product * (prior[entry] as number);
        if (a === b) variances[at + a] = product / noisePrecision;
      }
    }
    // E Σ(t − x·z)² written with what is at hand: x'(Σzz' + ΣC)x = x'Ax − x'(Λ/τ)x.
    let error = squaredTargets + (uncertainty[bias] as number) + (lanes - trace) / noisePrecision;
    for (let lane = 0; lane < lanes; lane++) {
      const x = solution[lane] as number;
      const shrinkage = dot(prior, lane * lanes, solution, 0, lanes);
      error += x * ((right[lane] as number) - shrinkage - 2 * (evidence[lane] as number));
      means[at + lane] = x;
    }
    squaredError += error;
  }
  for (let a = 0; a < lanes; a++) {
    for (let b = a; b < lanes; b++) {
      const sum = (covariance[a * lanes + b] as number) / noisePrecision;
      covariance[a * lanes + b] = sum;
      covariance[b * lanes + a] = sum;
    }
  }
  return { covariance, squaredError };
}
