import type { RatingMatrix } from '../../../../pipeline/ratings/matrix.ts';

const INITIAL_PRECISION = 10;
const ACTIVITY_OFFSET = 5;

/** One side of variational Bayes in ordinary arrays: see `Side` of the product, whose names these are. */
export interface PlainBayesSide {
  readonly ratings: RatingMatrix;
  readonly lanes: number;
  /** rows × lanes, as all that follow. */
  readonly means: Float64Array;
  readonly variances: Float64Array;
  readonly informed: Float64Array;
  readonly deviations: Float64Array;
  /** lanes, and lanes × lanes. */
  readonly shared: Float64Array;
  readonly precision: Float64Array;
  /** Σ of the posterior covariances, upper triangle of lanes × lanes. */
  readonly covariance: Float64Array;
  /** Of each row, and opposite rows × lanes. */
  readonly scales: Float64Array;
  readonly weights: Float64Array;
}

export function openPlainSide(ratings: RatingMatrix, start: Float32Array, lanes: number): PlainBayesSide {
  const { rowCount, columnCount, pointers } = ratings;
  const precision = new Float64Array(lanes * lanes);
  for (let lane = 0; lane < lanes; lane++) precision[lane * lanes + lane] = INITIAL_PRECISION;
  return {
    ratings,
    lanes,
    means: Float64Array.from(start),
    variances: new Float64Array(rowCount * lanes),
    informed: new Float64Array(rowCount * lanes),
    deviations: new Float64Array(rowCount * lanes),
    shared: new Float64Array(lanes),
    precision,
    covariance: new Float64Array(lanes * lanes),
    scales: Float64Array.from({ length: rowCount }, (_, row) => {
      const count = (pointers[row + 1] as number) - (pointers[row] as number);
      return Math.sqrt(count) / (count + ACTIVITY_OFFSET);
    }),
    weights: new Float64Array(columnCount * lanes),
  };
}
