import type { Vocabulary } from '../ratings/vocabulary.ts';
import type { MovieVectors } from './heads.ts';

/**
 * What a prediction is based on, from the most to the least that is known: user and movie are in the model; the user is
 * new and folded in by ratings; the movie has no ratings, only genres and year; only the movie's mean is known, only the
 * user's mean, or neither.
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
   * Standard deviation of the user's rating around the prediction, stars: the noise of ratings and the uncertainty
   * about the user and the movie. Null when the model has no uncertainty.
   */
  readonly deviation: number | null;
  readonly strategy: Strategy;
}

/** A user's rating of a movie. */
export interface GivenRating {
  readonly movieId: number;
  /** 0.5 to 5.0 in steps of 0.5. */
  readonly stars: number;
}

/** Movies by row, best first, with their scores. */
export interface ScoredMovies {
  readonly rows: Int32Array;
  readonly scores: Float32Array;
}

/** A user to predict for: known from the training, folded in by ratings, or unknown. */
export interface Person {
  /** Predicts the person's rating of a movie. The movie may be unknown. */
  predict(movieId: number): Prediction;
  /**
   * Scores every movie of the vocabulary for ranking, higher is better, into `scores` (movies.size long).
   * For an unknown user the scores are by popularity, and the strategy says so.
   */
  scoreMovies(scores: Float32Array): Strategy;
  /**
   * The `n` movies with the highest of these scores. Of equal scores the earlier row comes first.
   *
   * @param hidden rows of movies to leave out.
   */
  bestMovies(n: number, hidden: Iterable<number>): ScoredMovies & { readonly strategy: Strategy };
  /** These scores of the movies at some rows, in any order. */
  scoresOf(rows: Int32Array): Float32Array;
  /**
   * What each rating of a known movie adds to the score of a movie, in the order of the ratings. Null for a person who
   * was not folded in, and for an unknown movie.
   */
  explain(movieId: number): readonly Contribution[] | null;
}

/** What the rating of a movie adds to the score of another. */
export interface Contribution {
  readonly movieId: number;
  readonly contribution: number;
}

/** A trained model: what is needed to predict, without the training. */
export interface Model {
  readonly algorithm: string;
  readonly users: Vocabulary;
  readonly movies: Vocabulary;
  /** The lowest and the highest predicted stars. */
  readonly scale: readonly [lowest: number, highest: number];
  /** Vectors for the similarity of movies. Null for a model without them. */
  readonly movieVectors: MovieVectors | null;
  /**
   * A user by id, who may be unknown.
   *
   * @param ranked what to rank by, instead of by what the model has learned: ratings, and what counts like them in the
   *   ranking only. Predicted stars stay those of the user.
   */
  person(userId: number, ranked?: readonly GivenRating[]): Person;
  /**
   * A user by ratings, without training: the movies stay fixed, and the person is fitted to the ratings. Ratings of
   * unknown movies are ignored. Without a rating of a known movie the person is an unknown user.
   *
   * @param ranked what to rank by: the ratings, and what counts like them in the ranking only. @default the ratings
   */
  foldIn(ratings: readonly GivenRating[], ranked?: readonly GivenRating[]): Person;
  /** Predicts a user's rating of a movie. Both may be unknown. */
  predict(userId: number, movieId: number): Prediction;
  /** `scoreMovies` of a user, who may be unknown. */
  scoreMovies(userId: number, scores: Float32Array): Strategy;
}
