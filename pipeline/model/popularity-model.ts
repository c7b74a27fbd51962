import { type Baseline, baselineTensors, predictFallback } from './baseline.ts';
import type { TrainedModel } from './trained-model.ts';

/**
 * Ranks by how many people rated a movie and predicts its damped mean, the same for everyone: the yardstick
 * of every ranking. It knows users by name only, so no prediction is personalised.
 */
export function popularityModel(algorithm: string, baseline: Baseline): TrainedModel {
  const { users, movies, movieCounts } = baseline;
  return {
    algorithm,
    users,
    movies,
    predict: (_userId, movieId) => predictFallback(baseline, -1, movies.rowOf(movieId)),
    scoreMovies(_userId, scores) {
      scores.set(movieCounts);
      return 'movie-mean';
    },
    tensors: baselineTensors(baseline),
  };
}
