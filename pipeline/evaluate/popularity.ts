import type { RatingMatrix } from '../ratings/matrix.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { type Vocabulary, vocabularyOf } from '../ratings/vocabulary.ts';

/** The popularity of movies in the training data, for novelty and popularity lift. */
export interface Popularity {
  /** Number of users in the training data. */
  readonly users: number;
  /** Number of training users who rated the movie; 0 for a movie that is only in the holdout. */
  ratersOf(movieId: number): number;
  /** The mean of `ratersOf` over the user's earlier ratings; null for a user without any. */
  historyOf(userId: number): number | null;
}

/**
 * Counts the popularity of movies, once for all models.
 *
 * @param seen the training ratings, one for each pair of user and movie.
 * @param task.rated the earlier ratings of the task's users: users × catalogue.
 */
export function popularityOf(
  seen: Ratings,
  {
    users,
    catalogue,
    rated,
  }: { readonly users: Vocabulary; readonly catalogue: Vocabulary; readonly rated: RatingMatrix },
): Popularity {
  const raters = new Int32Array(catalogue.size);
  for (let i = 0; i < seen.length; i++) {
    const row = catalogue.rowOf(seen.movieIds[i] as number);
    raters[row] = (raters[row] as number) + 1;
  }
  return {
    users: vocabularyOf(seen.userIds).size,
    ratersOf: (movieId) => raters[catalogue.rowOf(movieId)] ?? 0,
    historyOf(userId) {
      const row = users.rowOf(userId);
      const [from = 0, to = 0] = row < 0 ? [] : rated.pointers.subarray(row, row + 2);
      if (from === to) return null;
      let sum = 0;
      for (let i = from; i < to; i++) sum += raters[rated.columns[i] as number] as number;
      return sum / (to - from);
    },
  };
}
