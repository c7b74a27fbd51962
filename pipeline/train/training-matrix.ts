import { OperatorError } from '../lib/errors.ts';
import { type Allocator, type MatrixPair, matrixPair } from '../ratings/matrix.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { type Vocabulary, vocabularyOf } from '../ratings/vocabulary.ts';

/** The training ratings, by user and by movie. */
export interface TrainingMatrix extends MatrixPair {
  readonly users: Vocabulary;
  readonly movies: Vocabulary;
  /** Mean of all ratings, stars. */
  readonly mean: number;
  /** The lowest and the highest rating there is, stars. */
  readonly scale: readonly [lowest: number, highest: number];
}

/**
 * Builds the matrices for training. The result depends only on the set of ratings, not on their order.
 *
 * @param allocator of the matrices. @default ordinary memory
 * @throws OperatorError `no-training-data` when there are none.
 */
export function trainingMatrix(ratings: Ratings, allocator?: Allocator): TrainingMatrix {
  if (ratings.length === 0) {
    throw new OperatorError(
      'no-training-data',
      'There are no ratings to train on.',
      'Load ratings into the store with cinematch ingest FILE, or give a file with ratings.',
    );
  }
  const users = vocabularyOf(ratings.userIds);
  const movies = vocabularyOf(ratings.movieIds);
  let sum = 0;
  let lowest = Number.POSITIVE_INFINITY;
  let highest = 0;
  for (let i = 0; i < ratings.length; i++) {
    const halves = ratings.halves[i] as number;
    sum += halves;
    if (halves < lowest) lowest = halves;
    if (halves > highest) highest = halves;
  }
  return {
    users,
    movies,
    ...matrixPair(ratings, users, movies, allocator),
    mean: sum / 2 / ratings.length,
    scale: [lowest / 2, highest / 2],
  };
}
