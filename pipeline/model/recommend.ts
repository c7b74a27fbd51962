import { topN } from '../math/top-n.ts';
import type { Vocabulary } from '../ratings/vocabulary.ts';
import type { Person, Prediction, Strategy } from './model.ts';

export interface RecommendedMovie {
  readonly movieId: number;
  /** What the list is ordered by; only its order means something. */
  readonly score: number;
  readonly predicted: Prediction;
}

export interface Recommendations {
  /** How the list was made: `movie-mean` when it is the same for everyone. */
  readonly strategy: Strategy;
  /** Best first; shorter than asked when the model knows fewer movies that are not excluded. */
  readonly items: readonly RecommendedMovie[];
}

/**
 * The movies with the highest scores for a person.
 *
 * @param movies of the model the person comes from.
 * @param options.k how many.
 * @param options.exclude movies that must not be shown, usually those the person has rated.
 */
export function recommend(
  movies: Vocabulary,
  person: Person,
  { k, exclude }: { readonly k: number; readonly exclude: (movieId: number) => boolean },
): Recommendations {
  const { ids } = movies;
  const scores = new Float32Array(ids.length);
  const strategy = person.scoreMovies(scores);
  for (let row = 0; row < ids.length; row++) {
    if (exclude(ids[row] as number)) scores[row] = Number.NEGATIVE_INFINITY;
  }
  const items = Array.from(topN(scores, k), (row) => {
    const movieId = ids[row] as number;
    return { movieId, score: scores[row] as number, predicted: person.predict(movieId) };
  });
  return { strategy, items };
}
