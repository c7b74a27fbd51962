import type { Baseline } from '../model/baseline.ts';
import { type RatingMatrix, rowLengths } from '../ratings/matrix.ts';
import type { TrainingMatrix } from './training-matrix.ts';

/** Number of ratings at the mean that are added to each user or movie. */
export interface Damping {
  readonly userDamping: number;
  readonly movieDamping: number;
}

/**
 * Damped means of movies and of users, as deviations from the overall mean: Σ (r − μ) / (n + λ). Few ratings
 * move a mean little. User means are not corrected for movies: the plain mean of a user is the best prediction for a
 * movie without ratings.
 */
export function fitBaseline(
  { users, movies, byUser, byMovie, mean, scale }: TrainingMatrix,
  { userDamping, movieDamping }: Damping,
): Baseline {
  const movieOffsets = dampedOffsets(byMovie, mean, movieDamping);
  const userOffsets = dampedOffsets(byUser, mean, userDamping);
  return { users, movies, mean, scale, userOffsets, movieOffsets, movieCounts: rowLengths(byMovie) };
}

/**
 * Damped biases of users: b_u = Σ_i (r − μ − b_i) / (n_u + λ_user), where b_i are the offsets of the movies.
 *
 * Koren & Bell, Advances in Collaborative Filtering, section 3.1, in: Recommender Systems Handbook (2011).
 */
export function fitUserBiases(
  { byUser }: TrainingMatrix,
  { mean, movieOffsets }: Baseline,
  { userDamping }: Damping,
): Float32Array {
  return dampedOffsets(byUser, mean, userDamping, movieOffsets);
}

function dampedOffsets(
  { rowCount, pointers, columns, halves }: RatingMatrix,
  mean: number,
  damping: number,
  columnOffsets?: Float32Array,
): Float32Array {
  const offsets = new Float32Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const from = pointers[row] as number;
    const to = pointers[row + 1] as number;
    let sum = 0;
    for (let i = from; i < to; i++) {
      sum += (halves[i] as number) / 2 - mean - (columnOffsets?.[columns[i] as number] ?? 0);
    }
    offsets[row] = sum / (to - from + damping);
  }
  return offsets;
}
