import { SCRATCH } from '../math/compute/kernels.ts';
import type { Slots, WorkerPool } from '../math/compute/worker-pool.ts';
import type { LeastSquaresTarget } from '../model/least-squares-fold-in.ts';
import { type MatrixPair, type RatingMatrix, rowLengths } from '../ratings/matrix.ts';

/** One side of alternating least squares. All arrays are in the arena of the pool. */
export interface AlternatingSide {
  readonly ratings: RatingMatrix;
  /** Numbers in a row, a multiple of 8. */
  readonly factorCount: number;
  /** The learned factors, rows × factorCount. */
  readonly rows: Float32Array;
  /** B of `solveRows`, factorCount × factorCount. */
  readonly base: Float32Array;
  readonly bounds: Int32Array;
  readonly evenBounds: Int32Array;
  readonly gramSlots: Slots;
  /** Ratings of the longest row. */
  readonly longest: number;
}

const CHUNKS = 64;
/** With up to this many factors a row is solved exactly. With more, a few steps of conjugate gradients are cheaper. */
const EXACT_FACTORS = 32;
const STEPS = 3;

/** Allocates both sides; all factors are zero. */
export function openAlternation(
  pool: WorkerPool,
  { byUser, byMovie }: MatrixPair,
  factorCount: number,
): { readonly users: AlternatingSide; readonly movies: AlternatingSide } {
  return { users: openSide(pool, byUser, factorCount), movies: openSide(pool, byMovie, factorCount) };
}

function openSide(pool: WorkerPool, ratings: RatingMatrix, factorCount: number): AlternatingSide {
  const { arena } = pool;
  const { pointers, rowCount } = ratings;
  const evenBounds = pool.evenBounds(rowCount, CHUNKS);
  return {
    ratings,
    factorCount,
    rows: arena.floats(rowCount * factorCount),
    base: arena.floats(factorCount * factorCount),
    bounds: pool.weightedBounds(pointers, factorCount, CHUNKS),
    evenBounds,
    gramSlots: pool.slots(evenBounds, factorCount * factorCount),
    longest: rowLengths(ratings).reduce((longest, length) => Math.max(longest, length), 0),
  };
}

/** Fits every row of `side` to the opposite side, exactly or by `STEPS` steps of conjugate gradients. */
export function solveSide(
  pool: WorkerPool,
  side: AlternatingSide,
  opposite: AlternatingSide,
  target: LeastSquaresTarget,
): void {
  const { ratings, factorCount, bounds, longest } = side;
  const { ridge, factor, shift, hasBias } = target;
  const args = [
    ratings.pointers.byteOffset,
    ratings.columns.byteOffset,
    ratings.halves.byteOffset,
    side.rows.byteOffset,
    opposite.rows.byteOffset,
    factorCount,
    side.base.byteOffset,
    ridge,
    factor,
    shift,
    hasBias ? 1 : 0,
  ] as const;
  if (factorCount <= EXACT_FACTORS) {
    pool.run('solveRows', [...args], { bounds, scratch: SCRATCH.solveRows(factorCount) });
  } else {
    pool.run('improveRows', [...args, STEPS], { bounds, scratch: SCRATCH.improveRows(factorCount, longest) });
  }
}
