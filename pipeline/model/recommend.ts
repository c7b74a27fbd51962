import type { Vocabulary } from '../ratings/vocabulary.ts';
import { diversify } from './diversify.ts';
import type { Person, Prediction, Strategy } from './model.ts';
import type { MovieLikeness } from './movie-likeness.ts';

export interface RecommendedMovie {
  readonly movieId: number;
  /** What the list is ordered by; only its order means something. */
  readonly score: number;
  readonly predicted: Prediction;
}

export interface Recommendations {
  /** How the list was made: `movie-mean` when it is the same for everyone. */
  readonly strategy: Strategy;
  /** Best first; shorter than asked when the model knows fewer movies that may be shown. */
  readonly items: readonly RecommendedMovie[];
}

export interface Selection {
  /** How many. */
  readonly k: number;
  /** Movies that must not be shown, usually those the person has rated. */
  readonly exclude: Iterable<number>;
  /** Whether a movie may be shown at all. @default every movie */
  readonly allows?: ((movieId: number) => boolean) | undefined;
  /** How much the movies of a list shall differ, 0 to 1, by their likeness. @default not at all */
  readonly diversity?: { readonly strength: number; readonly likeness: MovieLikeness } | undefined;
}

/** Candidates for each place, when a list is made diverse. */
const CANDIDATES = 10;
const MOST_CANDIDATES = 500;

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
  const candidates = isDiverse ? Math.max(k, Math.min(CANDIDATES * k, MOST_CANDIDATES)) : k;
  const { strategy, rows, scores } = person.bestMovies(candidates, hidden);
  const places = isDiverse
    ? diversify(rows, scores, k, diversity.strength, diversity.likeness)
    : Array.from(rows.keys());
  const items = Array.from(places, (place) => {
    const movieId = ids[rows[place] as number] as number;
    return { movieId, score: scores[place] as number, predicted: person.predict(movieId) };
  });
  return { strategy, items };
}

/**
 * The movies whose ratings add most to the score of another, most first: those that add anything. That a person has
 * rated the movie itself is no reason to show it.
 */
export function reasonsFor(person: Person, movieId: number, most: number): readonly number[] {
  return (person.explain(movieId)?.contributions ?? [])
    .filter(({ movieId: rated, contribution }) => rated !== movieId && contribution > 0)
    .sort((a, b) => b.contribution - a.contribution)
    .slice(0, most)
    .map(({ movieId: rated }) => rated);
}
