import { addProduct } from '../math/matrix-vector.ts';
import { type Baseline, baselineTensors, clampToScale, predictFallback } from './baseline.ts';
import type { Strategy } from './model.ts';
import type { TrainedModel } from './trained-model.ts';

/** What matrix factorisation has learned, whatever it was learned by. */
export interface Factors {
  /** Numbers a row: all but the last are factors, the last is the row's own bias in stars. */
  readonly lanes: number;
  /** users.size × lanes. */
  readonly userFactors: Float32Array;
  /** movies.size × lanes. */
  readonly movieFactors: Float32Array;
  /** Stars a movie gains in ranking when its number of ratings grows e-fold; 0 ranks by predicted rating. */
  readonly popularityWeight: number;
}

/**
 * Biased matrix factorisation: r̂ = μ + b_u + c_i + Σ p_uf q_if for user u and movie i.
 *
 * Movies are ranked by r̂ + w · ln(1 + n_i), n_i the ratings of the movie in training. Ranking by r̂ alone
 * fills the list with movies that few people chose to see: what a person rates at all is as much part of
 * taste as how high. For an unknown user the damped mean of the movie takes the place of r̂.
 *
 * Koren, Bell & Volinsky, Matrix Factorization Techniques for Recommender Systems, IEEE Computer 42 (2009).
 */
export function factorModel(algorithm: string, baseline: Baseline, factors: Factors): TrainedModel {
  const { users, movies, mean } = baseline;
  const { lanes, userFactors, movieFactors, popularityWeight } = factors;
  const interactions = lanes - 1;
  const bias = (rows: Float32Array, row: number): number => rows[row * lanes + interactions] as number;
  const predictRows = (userRow: number, movieRow: number): number => {
    const user = userRow * lanes;
    const movie = movieRow * lanes;
    let stars = mean + bias(userFactors, userRow) + bias(movieFactors, movieRow);
    for (let lane = 0; lane < interactions; lane++) {
      stars += (userFactors[user + lane] as number) * (movieFactors[movie + lane] as number);
    }
    return stars;
  };
  const popularity = Float64Array.from(baseline.movieCounts, (count) => popularityWeight * Math.log1p(count));

  return {
    algorithm,
    users,
    movies,
    predict(userId, movieId) {
      const userRow = users.rowOf(userId);
      const movieRow = movies.rowOf(movieId);
      if (userRow < 0 || movieRow < 0) return predictFallback(baseline, userRow, movieRow);
      return {
        rating: clampToScale(predictRows(userRow, movieRow)),
        deviation: null,
        strategy: 'personalised',
      };
    },
    scoreMovies(userId, scores): Strategy {
      const userRow = users.rowOf(userId);
      if (userRow < 0) {
        for (let row = 0; row < popularity.length; row++) {
          scores[row] = mean + (baseline.movieOffsets[row] as number) + (popularity[row] as number);
        }
        return 'movie-mean';
      }
      // The user's bias moves every score alike; with 1 in its place the movie's bias is part of the product.
      const start = mean + bias(userFactors, userRow);
      const user = Float64Array.from(userFactors.subarray(userRow * lanes, (userRow + 1) * lanes));
      user[interactions] = 1;
      for (let row = 0; row < popularity.length; row++) scores[row] = start + (popularity[row] as number);
      addProduct(movieFactors, user, scores);
      return 'personalised';
    },
    tensors: {
      ...baselineTensors(baseline),
      user_factors: { shape: [users.size, lanes], data: userFactors },
      movie_factors: { shape: [movies.size, lanes], data: movieFactors },
      popularity_weight: { shape: [1], data: Float64Array.of(popularityWeight) },
    },
  };
}
