import type { SparseMatrix } from '../../ratings/matrix.ts';

/**
 * One of the two sides of variational Bayes matrix factorisation: the users, or the movies. A row is a user
 * or a movie, its opposites the movies or the users it has ratings with.
 */
export interface Side {
  /** Ratings in stars, a row for each row of this side. */
  readonly ratings: SparseMatrix;
  /** Numbers a row: all but the last are factors, the last is the bias. */
  readonly lanes: number;
  /** Posterior means, rows × lanes. */
  readonly means: Float32Array;
  /** Diagonals of the posterior covariances, rows × lanes. */
  readonly variances: Float32Array;
  /** Prior means m + v Σ w, rows × lanes. */
  readonly priorMeans: Float32Array;
  /** What being rated together says of a row: w, opposite rows × lanes. */
  readonly featureWeights: Float32Array;
  /** v = √n / (n + activityOffset) of each row, n its ratings. */
  readonly featureScales: Float64Array;
  /** The part of the prior mean that all rows share: m, lanes long. */
  readonly sharedMean: Float64Array;
  /** Prior precision Λ, lanes × lanes. */
  readonly precision: Float64Array;
}

/** Prior precision of every lane before anything is learned. */
const INITIAL_PRECISION = 10;
/** Standard deviation of the factors before the first sweep; biases start at zero. */
const INITIAL_SPREAD = 0.1;

/**
 * A side before its first update.
 *
 * @param activityOffset damps the weight of the set of opposites for rows with few of them.
 * @param draw standard normal draws.
 */
export function openSide(
  ratings: SparseMatrix,
  lanes: number,
  activityOffset: number,
  draw: () => number,
): Side {
  const { rowCount, columnCount, pointers } = ratings;
  const precision = new Float64Array(lanes * lanes);
  for (let lane = 0; lane < lanes; lane++) precision[lane * lanes + lane] = INITIAL_PRECISION;
  return {
    ratings,
    lanes,
    means: Float32Array.from({ length: rowCount * lanes }, (_, at) =>
      at % lanes === lanes - 1 ? 0 : INITIAL_SPREAD * draw(),
    ),
    variances: new Float32Array(rowCount * lanes),
    priorMeans: new Float32Array(rowCount * lanes),
    featureWeights: new Float32Array(columnCount * lanes),
    featureScales: Float64Array.from({ length: rowCount }, (_, row) => {
      const count = (pointers[row + 1] as number) - (pointers[row] as number);
      return Math.sqrt(count) / (count + activityOffset);
    }),
    sharedMean: new Float64Array(lanes),
    precision,
  };
}
