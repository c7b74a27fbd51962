import type { Tensor } from '../lib/safetensors.ts';
import type { Vocabulary } from '../ratings/vocabulary.ts';
import type { Prediction } from './model.ts';

/**
 * What every model knows besides what makes it special: the overall mean, how far each user and movie is
 * from it, and how often each movie was rated. The fallbacks predict from this alone.
 */
export interface Baseline {
  readonly users: Vocabulary;
  readonly movies: Vocabulary;
  /** Mean of the training ratings, stars. */
  readonly mean: number;
  /** Damped deviation of each user's mean from it, stars. users.size long. */
  readonly userOffsets: Float32Array;
  /** Damped deviation of each movie's mean from it, stars. movies.size long. */
  readonly movieOffsets: Float32Array;
  /** Training ratings of each movie. */
  readonly movieCounts: Int32Array;
}

/** Predicted stars never leave the scale of ratings. */
export function clampToScale(stars: number): number {
  return Math.min(5, Math.max(0.5, stars));
}

/**
 * The prediction when the user, the movie or both are unknown: the damped mean of whichever is known, and
 * the overall mean when neither is.
 *
 * @param userRow −1 for an unknown user.
 * @param movieRow −1 for an unknown movie.
 */
export function predictFallback(baseline: Baseline, userRow: number, movieRow: number): Prediction {
  const { mean } = baseline;
  if (movieRow >= 0) {
    const rating = clampToScale(mean + (baseline.movieOffsets[movieRow] as number));
    return { rating, deviation: null, strategy: 'movie-mean' };
  }
  if (userRow >= 0) {
    const rating = clampToScale(mean + (baseline.userOffsets[userRow] as number));
    return { rating, deviation: null, strategy: 'user-mean' };
  }
  return { rating: clampToScale(mean), deviation: null, strategy: 'global-mean' };
}

/** The baseline's part of a model file. */
export function baselineTensors({
  users,
  movies,
  mean,
  userOffsets,
  movieOffsets,
  movieCounts,
}: Baseline): Readonly<Record<string, Tensor>> {
  return {
    user_ids: { shape: [users.size], data: users.ids },
    movie_ids: { shape: [movies.size], data: movies.ids },
    mean: { shape: [1], data: Float64Array.of(mean) },
    user_offsets: { shape: [users.size], data: userOffsets },
    movie_offsets: { shape: [movies.size], data: movieOffsets },
    movie_counts: { shape: [movies.size], data: movieCounts },
  };
}
