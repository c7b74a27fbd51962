import type { Arena } from '../../../math/compute/arena.ts';
import type { Slots, WorkerPool } from '../../../math/compute/worker-pool.ts';
import { type RatingMatrix, rowLengths } from '../../../ratings/matrix.ts';

/**
 * One of the two sides of variational Bayes matrix factorisation: the users, or the movies. A row is a user or a movie;
 * its opposites are the movies or users that it has ratings with. All arrays are in the arena of the pool.
 */
export interface FactorSide {
  /** A row for each row of this side. */
  readonly ratings: RatingMatrix;
  /** Numbers in a row: all but the last are factors, the last is the bias. */
  readonly factorCount: number;
  /** Posterior means, rows × factorCount. */
  readonly means: Float32Array;
  /** Diagonals of the posterior covariances, rows × factorCount. */
  readonly variances: Float32Array;
  /** The part of the prior mean that comes from features: f = v Σ w + Σ g, rows × factorCount. */
  readonly featureMeans: Float32Array;
  /** Posterior minus prior means, in groups of eight factors: groups × rows × 8. */
  readonly deviations: Float32Array;
  /** The part of the prior mean that all rows share: m, factorCount long. */
  readonly shared: Float32Array;
  /** Prior precision Λ, factorCount × factorCount. */
  readonly precision: Float64Array;
  /** Λ/τ of the current sweep, factorCount × factorCount. */
  readonly prior: Float32Array;
  /** The features that prior means are learned from, one kind after the other. */
  readonly evidence: readonly Evidence[];
  /** Bounds of the chunks of rows, and of groups of factors. */
  readonly bounds: Int32Array;
  readonly groups: Int32Array;
  readonly slots: Slots;
}

/** One kind of features of the rows of a side, with their weights: see `learnFeatureWeights`. */
export interface Evidence {
  /** The rows that have each feature, without values. */
  readonly rowsByFeature: Pick<RatingMatrix, 'rowCount' | 'pointers' | 'columns'>;
  /** The value of a feature in each row that has it: v, rows long. */
  readonly scales: Float32Array;
  /** The weights of features: w, in groups of eight factors, groups × features × 8. */
  readonly weights: Float32Array;
  /** Ridge penalty λ on w. */
  readonly penalty: number;
}

/** Prior precision of every factor before anything is learned. */
const INITIAL_PRECISION = 10;
/** Standard deviation of the factors before the first sweep; biases start at zero. */
const INITIAL_SPREAD = 0.1;
/** Factors that are learned together, in one register pair. */
export const GROUP = 8;
/** Number of chunks of rows. */
const CHUNKS = 64;

/**
 * A side before its first update.
 *
 * @param draw standard normal draws.
 */
export function openSide(
  pool: WorkerPool,
  ratings: RatingMatrix,
  factorCount: number,
  evidence: readonly Evidence[],
  draw: () => number,
): FactorSide {
  const { arena } = pool;
  const { rowCount, pointers } = ratings;
  const precision = new Float64Array(factorCount * factorCount);
  for (let f = 0; f < factorCount; f++) precision[f * factorCount + f] = INITIAL_PRECISION;
  const means = arena.floats(rowCount * factorCount);
  for (let at = 0; at < means.length; at++) {
    means[at] = at % factorCount === factorCount - 1 ? 0 : INITIAL_SPREAD * draw();
  }
  // A row costs as much as its Gram matrix and an inversion, which costs as much as a few dozen ratings.
  const bounds = pool.weightedBounds(pointers, 2 * factorCount, CHUNKS);
  return {
    ratings,
    factorCount,
    means,
    variances: arena.floats(rowCount * factorCount),
    featureMeans: arena.floats(rowCount * factorCount),
    deviations: arena.floats(rowCount * factorCount),
    shared: arena.floats(factorCount),
    precision,
    prior: arena.floats(factorCount * factorCount),
    evidence,
    bounds,
    groups: pool.evenBounds(factorCount / GROUP, factorCount / GROUP),
    // Covariances or a Gram matrix, then a double or a row of sums.
    slots: pool.slots(bounds, factorCount * factorCount + factorCount),
  };
}

/**
 * The opposites as features: which movies a user has rated is evidence about the user, whatever the ratings are. A row
 * with n ratings weighs each by v = √n / (n + offset), so that few ratings count little.
 *
 * @param opposites ratings by row of the opposite side.
 */
export function coRated(
  arena: Arena,
  ratings: RatingMatrix,
  opposites: RatingMatrix,
  {
    factorCount,
    offset,
    penalty,
  }: { readonly factorCount: number; readonly offset: number; readonly penalty: number },
): Evidence {
  const scales = arena.floats(ratings.rowCount);
  rowLengths(ratings).forEach((count, row) => {
    scales[row] = count === 0 ? 0 : Math.sqrt(count) / (count + offset);
  });
  return {
    rowsByFeature: opposites,
    scales,
    weights: arena.floats(opposites.rowCount * factorCount),
    penalty,
  };
}
