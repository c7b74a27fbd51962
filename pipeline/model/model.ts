import type { Vocabulary } from '../ratings/vocabulary.ts';
import type { MovieVectors } from './heads.ts';

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

/** What somebody gave a movie. */
export interface GivenRating {
  readonly movieId: number;
  /** 0.5 to 5.0 by halves. */
  readonly stars: number;
}

/** The best movies for a person by row, best first, with their scores. */
export interface BestMovies {
  readonly strategy: Strategy;
  readonly rows: Int32Array;
  readonly scores: Float32Array;
}

/** Somebody the model answers for: a user it knows, one who has told some ratings, or a stranger. */
export interface Person {
  /** What the person would rate a movie; its id need not be known. */
  predict(movieId: number): Prediction;
  /**
   * Scores every movie of the vocabulary for ranking, higher is better, into `scores` (movies.size long).
   * For a stranger the scores rank movies by what most people like, and the strategy says so.
   */
  scoreMovies(scores: Float32Array): Strategy;
  /**
   * The `n` movies with the highest of these scores, without scoring all; of equal ones the earlier row first.
   *
   * @param hidden rows of movies that are left out.
   */
  bestMovies(n: number, hidden: Iterable<number>): BestMovies;
  /**
   * Why a movie has its score: what each of the person's ratings adds to it. Null for those whose ratings the
   * model was not told, and for a movie it does not know.
   */
  explain(movieId: number): Explanation | null;
}

/** A score taken apart. It is `start` and all contributions added up. */
export interface Explanation {
  /** What the movie would be scored without any of the ratings. */
  readonly start: number;
  /** One for each rating of a movie that the model knows, in the order they were told. */
  readonly contributions: readonly { readonly movieId: number; readonly contribution: number }[];
}

/** A trained model: everything that predicting takes, and nothing of how it was trained. */
export interface Model {
  readonly algorithm: string;
  readonly users: Vocabulary;
  readonly movies: Vocabulary;
  /** The lowest and the highest stars it predicts. */
  readonly scale: readonly [lowest: number, highest: number];
  /** What it has learned about which movies are alike; null when it has learned nothing of the kind. */
  readonly movieVectors: MovieVectors | null;
  /** A user by id; one it does not know is a stranger. */
  person(userId: number): Person;
  /**
   * Somebody by ratings alone, at once and without training: the movies stay as they are, and the person is
   * fitted to them. Movies the model does not know are passed over; without any that it knows it is a stranger.
   */
  foldIn(ratings: readonly GivenRating[]): Person;
  /** Predicts what a user would rate a movie; ids need not be known. */
  predict(userId: number, movieId: number): Prediction;
  /** `scoreMovies` of a user; the id need not be known. */
  scoreMovies(userId: number, scores: Float32Array): Strategy;
}
