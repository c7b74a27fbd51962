import { RATING_LEVELS } from './ratings.ts';
import type { RatingSummary } from './summary.ts';
import { vocabularyOfSorted } from './vocabulary.ts';

/** Ratings at the overall mean that are added to each movie and to each user: λ₂ and λ₃ for the Netflix data. */
const MOVIE_DAMPING = 25;
const USER_DAMPING = 10;

/** Predictions without personalisation, which a champion is compared with on the same ratings. */
export interface SkillBaseline {
  /** Mean of the training ratings, stars. */
  readonly mean: number;
  /** The mean plus the biases of movie and user, where they are known; stars, 0.5 to 5. */
  predict(userId: number, movieId: number): number;
  /** The same for a user with these ratings, stars, whether known or not. */
  predictAfter(told: readonly { readonly stars: number }[], movieId: number): number;
}

/**
 * The bias baseline of a set of training ratings: μ + b_movie + b_user with b = Σ(r − μ) / (n + λ), from the counts of a
 * summary. A bias of a user is not corrected for the movies, because a summary has no pairs of user and movie.
 *
 * @returns null when the summary has no levels by movie.
 * Formula and damping: Y. Koren (2010), Factor in the Neighbors: Scalable and Accurate Collaborative Filtering, ACM
 * Transactions on Knowledge Discovery from Data 4(1), section 2.1, where the bias of a user is corrected.
 */
export function skillBaseline({
  count,
  userIds,
  userLevels,
  movieIds,
  movieLevels,
}: RatingSummary): SkillBaseline | null {
  if (movieLevels === null || count === 0) return null;
  let sum = 0;
  for (let i = 0; i < movieLevels.length; i++) {
    sum += (movieLevels[i] as number) * (1 + (i % RATING_LEVELS));
  }
  const mean = sum / count / 2;
  const users = vocabularyOfSorted(userIds);
  const movies = vocabularyOfSorted(movieIds);
  const userBiases = dampedBiases(userLevels, mean, USER_DAMPING);
  const movieBiases = dampedBiases(movieLevels, mean, MOVIE_DAMPING);
  const predictWith = (userBias: number, movieId: number): number => {
    const movie = movies.rowOf(movieId);
    const stars = mean + userBias + (movie === -1 ? 0 : (movieBiases[movie] as number));
    return Math.min(5, Math.max(0.5, stars));
  };
  return {
    mean,
    predict: (userId, movieId) => {
      const user = users.rowOf(userId);
      return predictWith(user === -1 ? 0 : (userBiases[user] as number), movieId);
    },
    predictAfter: (told, movieId) => {
      let deviation = 0;
      for (const { stars } of told) deviation += stars - mean;
      return predictWith(deviation / (told.length + USER_DAMPING), movieId);
    },
  };
}

function dampedBiases(levels: Int32Array, mean: number, damping: number): Float64Array {
  const biases = new Float64Array(levels.length / RATING_LEVELS);
  for (let row = 0; row < biases.length; row++) {
    let count = 0;
    let sum = 0;
    for (let level = 1; level <= RATING_LEVELS; level++) {
      const ratings = levels[row * RATING_LEVELS + level - 1] as number;
      count += ratings;
      sum += (ratings * level) / 2;
    }
    biases[row] = (sum - count * mean) / (count + damping);
  }
  return biases;
}
