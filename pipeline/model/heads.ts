import type { Tensor } from '../lib/safetensors.ts';

/**
 * A model is made of two heads. The ratings head says how many stars a person would give a movie; the ranking
 * head says what belongs at the top of a list, which is another question: what a person rates at all is as much
 * part of taste as how high. Both answer by rows of the model's vocabularies.
 */

/** A vector for each movie. The cosine of two says how alike the movies are. */
export interface MovieVectors {
  readonly factorCount: number;
  /** Numbers of a vector that count, from the first. */
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

/** What a head says of movie i as a product: vector · z_i + start. */
export interface ProductView {
  /** As long as the vector z_i that the head has of each movie, all its numbers. */
  readonly vector: Float32Array;
  readonly start: number;
}

/** One head's view of one person. */
export interface View {
  /** Of a head with vectors of movies; null of any other. */
  product(): ProductView | null;
  /** Adds `weight` times what the head says of every movie to `scores`. */
  addTo(scores: Float32Array, weight: number): void;
  /**
   * How much each rating of the person adds to what the head says of a movie; null when the head was not told
   * the ratings.
   */
  contributions(movieRow: number): Float64Array | null;
}

export interface RatingsView extends View {
  /** Stars, not clamped. */
  rate(movieRow: number): number;
  /** Standard deviation of the person's rating around it, stars; null where the head cannot say. */
  deviation(movieRow: number): number | null;
}

export interface RatingsHead {
  /** How a model file names it. */
  readonly kind: string;
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** Whether its answers differ between people beyond what a fallback would say. */
  readonly personal: boolean;
  /** Null where it has learned nothing of the kind. */
  readonly movieVectors: MovieVectors | null;
  user(userRow: number): RatingsView;
  foldIn(rated: RatedRows): RatingsView;
}

export interface RankingHead {
  readonly kind: string;
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** Null where it has learned nothing of the kind. */
  readonly movieVectors: MovieVectors | null;
  user(userRow: number): View;
  foldIn(rated: RatedRows): View;
  /** For somebody of whom nothing is known: what most people like, added to `scores`. */
  addForStrangers(scores: Float32Array): void;
}
