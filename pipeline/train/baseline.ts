import type { Baseline } from '../model/baseline.ts';
import type { SparseMatrix } from '../ratings/matrix.ts';
import type { TrainingMatrix } from './training-matrix.ts';

/** How many ratings at the mean a user or a movie is credited with. */
export interface Damping {
  readonly userDamping: number;
  readonly movieDamping: number;
}

/**
 * Damped biases, movies first: b_i = Σ_u (r − μ) / (n_i + λ_movie), then
 * b_u = Σ_i (r − μ − b_i) / (n_u + λ_user). Few ratings move a bias little.
 *
 * Koren & Bell, Advances in Collaborative Filtering, section 3.1, in: Recommender Systems Handbook (2011).
 */
export function fitBaseline(
  { users, movies, byUser, byMovie, mean }: TrainingMatrix,
  { userDamping, movieDamping }: Damping,
): Baseline {
  const movieOffsets = dampedOffsets(byMovie, mean, null, movieDamping);
  const userOffsets = dampedOffsets(byUser, mean, movieOffsets, userDamping);
  const movieCounts = Int32Array.from(
    { length: movies.size },
    (_, row) => (byMovie.pointers[row + 1] as number) - (byMovie.pointers[row] as number),
  );
  return { users, movies, mean, userOffsets, movieOffsets, movieCounts };
}

function dampedOffsets(
  { rowCount, pointers, columns, values }: SparseMatrix,
  mean: number,
  columnOffsets: Float32Array | null,
  damping: number,
): Float32Array {
  const offsets = new Float32Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const from = pointers[row] as number;
    const to = pointers[row + 1] as number;
    let sum = 0;
    for (let i = from; i < to; i++) {
      sum += (values[i] as number) - mean - (columnOffsets?.[columns[i] as number] ?? 0);
    }
    offsets[row] = sum / (to - from + damping);
  }
  return offsets;
}
