import type { Vocabulary } from '../ratings/vocabulary.ts';

/**
 * How a prediction was made, from the most to the least that is known: both user and movie, the user's
 * factors unknown, the movie's unknown, or neither known.
 */
export const STRATEGIES = ['personalised', 'movie-mean', 'user-mean', 'global-mean'] as const;
export type Strategy = (typeof STRATEGIES)[number];

export interface Prediction {
  /** Stars, clamped to 0.5 to 5.0. */
  readonly rating: number;
  readonly strategy: Strategy;
}

/** A trained model: everything that predicting takes, and nothing of how it was trained. */
export interface Model {
  readonly algorithm: string;
  readonly users: Vocabulary;
  readonly movies: Vocabulary;
  /** Predicts what a user would rate a movie; ids need not be known. */
  predict(userId: number, movieId: number): Prediction;
  /**
   * Scores every movie of the vocabulary for ranking, higher is better, into `scores` (movies.size long).
   * For an unknown user the scores rank movies by what most people like, and the strategy says so.
   */
  scoreMovies(userId: number, scores: Float64Array): Strategy;
}
