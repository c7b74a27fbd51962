import type { RatingMatrix } from '../ratings/matrix.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { type Vocabulary, vocabularyOf } from '../ratings/vocabulary.ts';

/** How popular movies are in the training data: what novelty and popularity bias are measured against. */
export interface Popularity {
  /** Users of the training data. */
  readonly users: number;
  /** How many of them rated the movie; 0 for one that is in the holdout alone. */
  ratersOf(movieId: number): number;
  /** The mean of `ratersOf` over what the user had rated; null for a user who had rated nothing. */
  historyOf(userId: number): number | null;
}

/**
 * Counts once what every model's lists are compared with.
 *
 * @param seen the training ratings, one for each pair of user and movie.
 * @param task.rated what each user of the task had rated before: users × catalogue.
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
