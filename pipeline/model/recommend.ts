import type { Vocabulary } from '../ratings/vocabulary.ts';
import { diversify } from './diversify.ts';
import type { Person, Prediction, Strategy } from './model.ts';
import type { MovieSimilarity } from './movie-similarity.ts';

export interface RecommendedMovie {
  readonly movieId: number;
  /** The list is ordered by it. Only the order has a meaning. */
  readonly score: number;
  readonly predicted: Prediction;
}

export interface Recommendations {
  /** What the list is based on: `movie-mean` when it is the same for everyone. */
  readonly strategy: Strategy;
  /** Best first. Shorter than `k` when fewer movies are allowed. */
  readonly items: readonly RecommendedMovie[];
}

export interface Selection {
  /** Number of movies. */
  readonly k: number;
  /** Movies to leave out, usually those that the person has rated. */
  readonly exclude: Iterable<number>;
  /** Whether a movie may be in the list. @default every movie */
  readonly allows?: ((movieId: number) => boolean) | undefined;
  /** How different the movies of the list are, 0 to 1. @default ordered by score only */
  readonly diversity?: { readonly strength: number; readonly similarity: MovieSimilarity } | undefined;
}

/** Candidates per movie of a diverse list. */
const CANDIDATES = 10;
const MAX_CANDIDATES = 500;

/**
 * The movies with the highest scores for a person.
 *
 * @param movies of the model the person comes from.
 */
export function recommend(
  { ids, rowOf }: Vocabulary,
  person: Person,
  { k, exclude, allows, diversity }: Selection,
): Recommendations {
  const hidden: number[] = [];
  for (const movieId of exclude) {
    const row = rowOf(movieId);
    if (row >= 0) hidden.push(row);
  }
  if (allows !== undefined) {
    for (let row = 0; row < ids.length; row++) if (!allows(ids[row] as number)) hidden.push(row);
  }
  const isDiverse = diversity !== undefined && diversity.strength > 0;
  const candidates = isDiverse ? Math.max(k, Math.min(CANDIDATES * k, MAX_CANDIDATES)) : k;
  const { strategy, rows, scores } = person.bestMovies(candidates, hidden);
  const places = isDiverse
    ? diversify(rows, scores, k, diversity.strength, diversity.similarity)
    : Array.from(rows.keys());
  const items = Array.from(places, (place) => {
    const movieId = ids[rows[place] as number] as number;
    return { movieId, score: scores[place] as number, predicted: person.predict(movieId) };
  });
  return { strategy, items };
}
