import type { Vocabulary } from '../ratings/vocabulary.ts';

/**
 * How an answer was made, from the most to the least that is known: user and movie are both known from
 * training; the user is new and known by the ratings that came with the question; the movie has no rating and
 * is known by its genres and year; only the movie's mean, only the user's, or neither is known.
 */
export const STRATEGIES = [
  'personalised',
  'folded-in',
  'genres',
  'movie-mean',
  'user-mean',
  'global-mean',
] as const;
export type Strategy = (typeof STRATEGIES)[number];

export interface Prediction {
  /** Stars, clamped to the scale of the training ratings. */
  readonly rating: number;
  /**
   * Standard deviation of what the user will really give around it, stars: the noise of ratings and what the
   * model does not know of user and movie. Null where the model cannot say.
   */
  readonly deviation: number | null;
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
  scoreMovies(userId: number, scores: Float32Array): Strategy;
}
