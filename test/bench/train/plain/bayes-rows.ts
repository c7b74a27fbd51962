import type { PlainBayesSide } from './bayes-side.ts';
import { addOuter, factorise, invertFactor, solve } from './square.ts';

/**
 * Updates the posterior of every row, as `updateBayesRows` of CineMatch does, and returns the expected sum of squared
 * errors.
 */
export function updatePlainRows(
  side: PlainBayesSide,
  opposite: PlainBayesSide,
  mean: number,
  tau: number,
): number {
  const { ratings, factorCount, means, variances, featureMeans, deviations, shared, covariance } = side;
  const { rowCount, pointers, columns, halves } = ratings;
  const bias = factorCount - 1;
  const prior = side.precision.map((value) => value / tau);
  const matrix = new Float64Array(factorCount * factorCount);
  const inverse = new Float64Array(factorCount * factorCount);
  const [z, known, pull, right, uncertainty, x] = Array.from(
    { length: 6 },
    () => new Float64Array(factorCount),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  covariance.fill(0);
  let total = 0;
  for (let row = 0; row < rowCount; row++) {
    const base = row * factorCount;
    matrix.set(prior);
    uncertainty.fill(0);
    for (let a = 0; a < factorCount; a++)
      known[a] = (shared[a] as number) + (featureMeans[base + a] as number);
    for (let a = 0; a < factorCount; a++) pull[a] = product(prior, a * factorCount, known);
    right.set(pull);
    let squares = 0;
    for (let at = pointers[row] as number; at < (pointers[row + 1] as number); at++) {
      const other = (columns[at] as number) * factorCount;
      const target = (halves[at] as number) / 2 - mean - (opposite.means[other + bias] as number);
      squares += target * target;
      for (let a = 0; a < factorCount; a++) {
        const value = a === bias ? 1 : (opposite.means[other + a] as number);
        z[a] = value;
        right[a] = (right[a] as number) + target * value;
        uncertainty[a] = (uncertainty[a] as number) + (opposite.variances[other + a] as number);
      }
      addOuter(z, 0, factorCount, matrix);
    }
    for (let a = 0; a < bias; a++) {
      matrix[a * factorCount + a] = (matrix[a * factorCount + a] as number) + (uncertainty[a] as number);
    }
    x.set(right);
    factorise(matrix, factorCount);
    solve(matrix, factorCount, x);
    invertFactor(matrix, factorCount, inverse);
    let trace = 0;
    total += squares + (uncertainty[bias] as number);
    for (let a = 0; a < factorCount; a++) {
      const evidence = (right[a] as number) - (pull[a] as number);
      const shrinkage = product(prior, a * factorCount, x);
      total += (x[a] as number) * ((right[a] as number) - shrinkage - 2 * evidence);
      for (let b = a; b < factorCount; b++) {
        let entry = 0;
        for (let c = b; c < factorCount; c++) {
          entry += (inverse[a * factorCount + c] as number) * (inverse[b * factorCount + c] as number);
        }
        covariance[a * factorCount + b] = (covariance[a * factorCount + b] as number) + entry / tau;
        trace += (a === b ? 1 : 2) * entry * (prior[a * factorCount + b] as number);
        if (a === b) variances[base + a] = entry / tau;
      }
      deviations[base + a] = (x[a] as number) - (known[a] as number);
    }
    total += (factorCount - trace) / tau;
    means.set(x, base);
  }
  return total;
}

function product(matrix: Float64Array, at: number, vector: Float64Array): number {
  let sum = 0;
  for (let f = 0; f < vector.length; f++) {
    sum += (matrix[at + f] as number) * (vector[f] as number);
  }
  return sum;
}
