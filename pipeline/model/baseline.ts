import type { Tensor } from '../lib/safetensors.ts';
import type { Vocabulary } from '../ratings/vocabulary.ts';
import type { Prediction } from './model.ts';

/**
 * What every model knows besides what makes it special: the overall mean, how far each user and movie is
 * from it, and how often each movie was rated. The fallbacks predict from this alone.
 */
export interface Baseline {
  readonly users: Vocabulary;
  /** Movies with ratings, and for some algorithms those known by genre and year alone. */
  readonly movies: Vocabulary;
  /** Mean of the training ratings, stars. */
  readonly mean: number;
  /** The lowest and the highest training rating, stars. */
  readonly scale: readonly [lowest: number, highest: number];
  /** Damped deviation of each user's mean from it, stars. users.size long. */
  readonly userOffsets: Float32Array;
  /** Damped deviation of each movie's mean from it, stars. movies.size long. */
  readonly movieOffsets: Float32Array;
  /** Training ratings of each movie. */
  readonly movieCounts: Int32Array;
}

/** Predicted stars never leave the scale of the ratings that were trained on. */
export function clampToScale({ scale: [lowest, highest] }: Baseline, stars: number): number {
  return Math.min(highest, Math.max(lowest, stars));
}

/**
 * The prediction when the user, the movie or both are unknown: the damped mean of whichever is known, and
 * the overall mean when neither is. A movie without ratings has a mean from its genres.
 *
 * @param userOffset the user's damped deviation from the mean, or null for an unknown user.
 * @param movieRow −1 for an unknown movie.
 */
export function predictFallback(baseline: Baseline, userOffset: number | null, movieRow: number): Prediction {
  const { mean, movieOffsets, movieCounts } = baseline;
  const answer = (stars: number, strategy: Prediction['strategy']): Prediction => ({
    rating: clampToScale(baseline, stars),
    deviation: null,
    strategy,
  });
  if (movieRow >= 0) {
    const strategy = (movieCounts[movieRow] as number) > 0 ? 'movie-mean' : 'genres';
    return answer(mean + (movieOffsets[movieRow] as number), strategy);
  }
  if (userOffset !== null) return answer(mean + userOffset, 'user-mean');
  return answer(mean, 'global-mean');
}

/**
 * Scores movies by what most people like: the damped mean, and `weight` stars for each e-fold of the number of
 * ratings. Means alone would put movies first that a few people loved.
 */
export function addPopularLiking(baseline: Baseline, weight: number, scores: Float32Array): void {
  const { mean, movieOffsets, movieCounts } = baseline;
  for (let row = 0; row < scores.length; row++) {
    const liking = mean + (movieOffsets[row] as number) + weight * Math.log1p(movieCounts[row] as number);
    scores[row] = (scores[row] as number) + liking;
  }
}

/** The baseline's part of a model file. */
export function baselineTensors({
  users,
  movies,
  mean,
  scale,
  userOffsets,
  movieOffsets,
  movieCounts,
}: Baseline): Readonly<Record<string, Tensor>> {
  return {
    user_ids: { shape: [users.size], data: users.ids },
    movie_ids: { shape: [movies.size], data: movies.ids },
    mean: { shape: [1], data: Float64Array.of(mean) },
    scale: { shape: [2], data: Float64Array.from(scale) },
    user_offsets: { shape: [users.size], data: userOffsets },
    movie_offsets: { shape: [movies.size], data: movieOffsets },
    movie_counts: { shape: [movies.size], data: movieCounts },
  };
}
