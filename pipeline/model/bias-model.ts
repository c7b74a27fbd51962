import { type Baseline, baselineTensors, clampToScale, predictFallback } from './baseline.ts';
import type { TrainedModel } from './trained-model.ts';

/**
 * The mean and two biases: r̂ = μ + b_u + b_i. The yardstick of every model that claims to know tastes.
 *
 * Movies are ranked by r̂. The user's bias is the same for every movie, so all users are shown one order,
 * less what they have rated.
 *
 * @param userBiases b_u, stars; users.size long. The movies' biases are the baseline's offsets.
 */
export function biasModel(algorithm: string, baseline: Baseline, userBiases: Float32Array): TrainedModel {
  const { users, movies, mean, movieOffsets } = baseline;
  return {
    algorithm,
    users,
    movies,
    predict(userId, movieId) {
      const userRow = users.rowOf(userId);
      const movieRow = movies.rowOf(movieId);
      if (userRow < 0 || movieRow < 0) return predictFallback(baseline, userRow, movieRow);
      const stars = mean + (userBiases[userRow] as number) + (movieOffsets[movieRow] as number);
      return { rating: clampToScale(stars), deviation: null, strategy: 'personalised' };
    },
    scoreMovies(userId, scores) {
      const userRow = users.rowOf(userId);
      const start = mean + (userRow < 0 ? 0 : (userBiases[userRow] as number));
      for (let row = 0; row < movieOffsets.length; row++) scores[row] = start + (movieOffsets[row] as number);
      return userRow < 0 ? 'movie-mean' : 'personalised';
    },
    tensors: {
      ...baselineTensors(baseline),
      user_biases: { shape: [users.size], data: userBiases },
    },
  };
}
