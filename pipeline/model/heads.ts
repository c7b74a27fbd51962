import type { Tensor } from '../lib/safetensors.ts';

/**
 * A model has two heads. The ratings head predicts how many stars a person would give a movie. The ranking head scores
 * movies for a list. These are two questions: which movies a person rates says as much about taste as how high. Both
 * heads work with rows of the model's vocabularies.
 */

/** A vector for each movie. The cosine of two vectors is the similarity of the movies. */
export interface MovieVectors {
  readonly factorCount: number;
  /** The similarity uses so many numbers of a vector, from the first. */
  readonly used: number;
  /** movies.size × factorCount. */
  readonly data: Float32Array;
}

/** Ratings of movies the model knows, by row. */
export interface RatedRows {
  readonly rows: Int32Array;
  /** Half stars, 1 to 10, one for each row. */
  readonly halves: Uint8Array;
}

/** The score of a head for movie i as a product: vector · z_i + start. */
export interface ProductView {
  /** As long as z_i, the vector of a movie in the head. */
  readonly vector: Float32Array;
  readonly start: number;
}

/** One head for one person. */
export interface View {
  /** Null for a head without movie vectors. */
  product(): ProductView | null;
  /** Adds `weight` times the head's score of every movie to `scores`. */
  addTo(scores: Float32Array, weight: number): void;
  /**
   * How much each rating of the person adds to the head's score of a movie. Null when the head does not have the
   * ratings.
   */
  contributions(movieRow: number): Float64Array | null;
}

/** A view that scores movies the same for everyone. @param scoreOf one for each movie of the model, by row. */
export function sameForEveryone(scoreOf: ArrayLike<number>): View {
  return {
    product: () => null,
    addTo(scores, weight) {
      for (let row = 0; row < scores.length; row++) {
        scores[row] = (scores[row] as number) + weight * (scoreOf[row] as number);
      }
    },
    contributions: () => null,
  };
}

export interface RatingsView extends View {
  /** Stars, not clamped. */
  rate(movieRow: number): number;
  /** Standard deviation of the person's rating around the prediction, stars. Null when the head has no uncertainty. */
  deviation(movieRow: number): number | null;
}

interface Head {
  /** Name of the head in a model file. */
  readonly kind: string;
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** Null for a head without movie vectors. */
  readonly movieVectors: MovieVectors | null;
}

export interface RatingsHead extends Head {
  /** Whether it predicts differently for different people. */
  readonly personal: boolean;
  user(userRow: number): RatingsView;
  foldIn(rated: RatedRows): RatingsView;
}

export interface RankingHead extends Head {
  user(userRow: number): View;
  foldIn(rated: RatedRows): View;
  /** Adds scores by popularity, for a user without ratings. */
  addForUnknownUser(scores: Float32Array): void;
}

/** Both heads of a model. */
export interface Heads {
  readonly ratings: RatingsHead;
  readonly ranking: RankingHead;
  /** Weight of the predicted stars in the ranking score. */
  readonly ratingWeight: number;
}
