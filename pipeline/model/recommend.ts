import type { Vocabulary } from '../ratings/vocabulary.ts';
import { type Attributes, calibratedList, mixOf } from './calibrated-list.ts';
import { diversify } from './diversify.ts';
import type { Person, Prediction, Strategy } from './model.ts';
import type { MovieSimilarity } from './movie-similarity.ts';
import { type Novelty, withNovelty } from './novelty.ts';
import { candidatesFor, withShown } from './shown.ts';

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
  /** How often movies were shown to the person, who did not take them, by id. They sink. @default none was */
  readonly shown?: ReadonlyMap<number, number> | undefined;
  /** How different the movies of the list are, 0 to 1. @default ordered by score only */
  readonly diversity?: { readonly strength: number; readonly similarity: MovieSimilarity } | undefined;
  /** How little popularity counts, 0 to 1. @default ordered by the score of the model only */
  readonly novelty?: Novelty | undefined;
  /** Keeps the mix of genres and decades of the given movies. @default not */
  readonly calibration?:
    | { readonly of: readonly number[]; readonly attributesOf: (movieId: number) => Attributes }
    | undefined;
  /** The least predicted rating of a movie in the list, stars. @default any */
  readonly minRating?: number | undefined;
  /** Order of the chosen movies. @default score */
  readonly sort?: 'score' | 'rating';
}

/** Candidates per movie of a diverse list. */
const CANDIDATES = 10;
const MAX_CANDIDATES = 500;
/** λ of calibrated lists. */
const CALIBRATION = 0.5;

/**
 * The movies with the highest scores for a person.
 *
 * @param movies of the model the person comes from.
 */
export function recommend(
  { ids, rowOf }: Vocabulary,
  person: Person,
  { k, exclude, allows, shown, diversity, novelty, calibration, minRating, sort = 'score' }: Selection,
): Recommendations {
  const hidden: number[] = [];
  for (const movieId of exclude) {
    const row = rowOf(movieId);
    if (row >= 0) hidden.push(row);
  }
  if (allows !== undefined || minRating !== undefined) {
    const isAllowed = (movieId: number): boolean =>
      allows?.(movieId) !== false && (minRating === undefined || person.predict(movieId).rating >= minRating);
    for (let row = 0; row < ids.length; row++) if (!isAllowed(ids[row] as number)) hidden.push(row);
  }
  const isDiverse = diversity !== undefined && diversity.strength > 0;
  const isCalibrated = calibration !== undefined && calibration.of.length > 0;
  const chosen = isDiverse || isCalibrated ? Math.max(k, Math.min(CANDIDATES * k, MAX_CANDIDATES)) : k;
  const hasShown = shown !== undefined && shown.size > 0;
  const candidates = hasShown ? candidatesFor(chosen, shown.size) : chosen;
  const { strategy, ...best } = person.bestMovies(candidates, hidden);
  const ranked = novelty === undefined ? best : withNovelty(person, novelty, best, hidden, candidates);
  const { rows, scores } = hasShown
    ? withShown(ranked, (row) => shown.get(ids[row] as number) ?? 0, chosen)
    : ranked;
  const places = isDiverse
    ? diversify(rows, scores, k, diversity.strength, diversity.similarity)
    : isCalibrated
      ? calibratedList(
          Array.from(rows, (row) => calibration.attributesOf(ids[row] as number)),
          scores,
          k,
          mixOf(calibration.of.map(calibration.attributesOf)),
          CALIBRATION,
        )
      : Array.from(rows.keys());
  const items = Array.from(places, (place) => {
    const movieId = ids[rows[place] as number] as number;
    return { movieId, score: scores[place] as number, predicted: person.predict(movieId) };
  });
  if (sort === 'rating') items.sort((a, b) => b.predicted.rating - a.predicted.rating);
  return { strategy, items };
}
