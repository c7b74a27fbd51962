import { OperatorError } from '../lib/errors.ts';
import { type SparseMatrix, sparseMatrix } from '../ratings/matrix.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { rowsOf, type Vocabulary, vocabularyOf } from '../ratings/vocabulary.ts';

/** The training ratings in stars, by user and by movie. */
export interface TrainingMatrix {
  readonly users: Vocabulary;
  readonly movies: Vocabulary;
  /** users.size × movies.size. */
  readonly byUser: SparseMatrix;
  /** movies.size × users.size. */
  readonly byMovie: SparseMatrix;
  /** Mean of all ratings, stars. */
  readonly mean: number;
}

/**
 * Lays ratings out for training. The result depends on the set of ratings alone and not on their order, so
 * that sums taken over it have equal bits wherever the ratings came from.
 *
 * @throws OperatorError `no-training-data` when there are none.
 */
export function trainingMatrix(ratings: Ratings): TrainingMatrix {
  if (ratings.length === 0) {
    throw new OperatorError(
      'no-training-data',
      'There are no ratings to train on.',
      'Give a file or a store that holds some: cinematch ingest FILE.',
    );
  }
  const users = vocabularyOf(ratings.userIds);
  const movies = vocabularyOf(ratings.movieIds);
  const stars = Float32Array.from(ratings.halves, (halves) => halves / 2);
  const userRows = rowsOf(users, ratings.userIds);
  const movieRows = rowsOf(movies, ratings.movieIds);
  // Two transpositions sort each side by the other.
  const asGiven = sparseMatrix(movies.size, users.size, movieRows, userRows, stars);
  const byUser = transpose(asGiven);
  const byMovie = transpose(byUser);
  let halves = 0;
  for (let i = 0; i < ratings.length; i++) halves += ratings.halves[i] as number;
  return { users, movies, byUser, byMovie, mean: halves / 2 / ratings.length };
}

/** Rows become columns; columns ascend inside every row of the result. */
function transpose({ rowCount, columnCount, pointers, columns, values }: SparseMatrix): SparseMatrix {
  const rows = new Int32Array(columns.length);
  for (let row = 0; row < rowCount; row++) rows.fill(row, pointers[row], pointers[row + 1]);
  return sparseMatrix(columnCount, rowCount, columns, rows, values);
}
