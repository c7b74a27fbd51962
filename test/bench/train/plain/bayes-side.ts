import type { RatingMatrix } from '../../../../pipeline/ratings/matrix.ts';

const INITIAL_PRECISION = 10;
const ACTIVITY_OFFSET = 5;

/** One side of variational Bayes in ordinary arrays, with the names of `Side` in CineMatch. */
export interface PlainBayesSide {
  readonly ratings: RatingMatrix;
  readonly factorCount: number;
  /** rows × factorCount, like the next ones. */
  readonly means: Float64Array;
  readonly variances: Float64Array;
  readonly featureMeans: Float64Array;
  readonly deviations: Float64Array;
  /** factorCount, and factorCount × factorCount. */
  readonly shared: Float64Array;
  readonly precision: Float64Array;
  /** Σ of the posterior covariances, upper triangle of factorCount × factorCount. */
  readonly covariance: Float64Array;
  /** One for each row; opposite rows × factorCount. */
  readonly scales: Float64Array;
  readonly weights: Float64Array;
}

export function openPlainSide(
  ratings: RatingMatrix,
  start: Float32Array,
  factorCount: number,
): PlainBayesSide {
  const { rowCount, columnCount, pointers } = ratings;
  const precision = new Float64Array(factorCount * factorCount);
  for (let f = 0; f < factorCount; f++) precision[f * factorCount + f] = INITIAL_PRECISION;
  return {
    ratings,
    factorCount,
    means: Float64Array.from(start),
    variances: new Float64Array(rowCount * factorCount),
    featureMeans: new Float64Array(rowCount * factorCount),
    deviations: new Float64Array(rowCount * factorCount),
    shared: new Float64Array(factorCount),
    precision,
    covariance: new Float64Array(factorCount * factorCount),
    scales: Float64Array.from({ length: rowCount }, (_, row) => {
      const count = (pointers[row + 1] as number) - (pointers[row] as number);
      return Math.sqrt(count) / (count + ACTIVITY_OFFSET);
    }),
    weights: new Float64Array(columnCount * factorCount),
  };
}
