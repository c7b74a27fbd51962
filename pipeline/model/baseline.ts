import { once } from '../lib/once.ts';
import type { Tensor } from '../lib/safetensors.ts';
import type { Vocabulary } from '../ratings/vocabulary.ts';
import type { Prediction } from './model.ts';

/**
 * The part that all models have: the overall mean, the offset of each user and movie from it, and the number of
 * ratings of each movie. The fallbacks predict from this part only.
 */
export interface Baseline {
  readonly users: Vocabulary;
  /** Movies with ratings, and for some algorithms movies with only genres and year. */
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

/** Limits predicted stars to the scale of the training ratings. */
export function clampToScale({ scale: [lowest, highest] }: Baseline, stars: number): number {
  return Math.min(highest, Math.max(lowest, stars));
}

/**
 * The prediction when the user, the movie or both are unknown: the damped mean of the one that is known, or the overall
 * mean. The mean of a movie without ratings comes from its genres.
 *
 * @param userOffset the user's damped deviation from the mean, or null for an unknown user.
 * @param movieRow −1 for an unknown movie.
 */
export function predictFallback(baseline: Baseline, userOffset: number | null, movieRow: number): Prediction {
  const { mean, movieOffsets, movieCounts } = baseline;
  const prediction = (stars: number, strategy: Prediction['strategy']): Prediction => ({
    rating: clampToScale(baseline, stars),
    deviation: null,
    strategy,
  });
  if (movieRow >= 0) {
    const strategy = (movieCounts[movieRow] as number) > 0 ? 'movie-mean' : 'genres';
    return prediction(mean + (movieOffsets[movieRow] as number), strategy);
  }
  if (userOffset !== null) return prediction(mean + userOffset, 'user-mean');
  return prediction(mean, 'global-mean');
}

/**
 * Returns a function that adds the popularity of every movie to its score: the damped mean, plus `weight` stars for each
 * e-fold of the number of ratings. With means only, movies that a few people loved would come first.
 */
export function popularityAdder(baseline: Baseline, weight: number): (scores: Float32Array) => void {
  const { mean, movieOffsets, movieCounts } = baseline;
  const popularity = once(() =>
    Float64Array.from(
      movieCounts,
      (count, row) => mean + (movieOffsets[row] as number) + weight * Math.log1p(count),
    ),
  );
  return (scores) => {
    const added = popularity();
    for (let row = 0; row < scores.length; row++) {
      scores[row] = (scores[row] as number) + (added[row] as number);
    }
  };
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
