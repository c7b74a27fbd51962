import type { RankedList } from '../../evaluate/ranked-list.ts';

/** The ratings that a model was trained and scored on. Scores with equal data can be compared. */
export interface CheckedData {
  /** `synthetic, seed 1`, or the name of a data set or folder. */
  readonly name: string;
  readonly training: {
    readonly ratings: number;
    readonly users: number;
    readonly movies: number;
    readonly sha256: string;
  };
  readonly holdout: {
    readonly ratings: number;
    readonly users: number;
    /** Users with a liked movie in the holdout, over whom lists are measured. */
    readonly rankedUsers: number;
    readonly sha256: string;
  };
  /** Movies the lists are drawn from. */
  readonly candidates: number;
}

/** How a model was trained. */
export interface CheckedModel {
  readonly algorithm: string;
  /** All of them, defaults included. */
  readonly hyperParameters: Readonly<Record<string, number>>;
  readonly seed: number;
}

/** What a model recommends to one of the fixed personas. */
export interface PersonaList {
  readonly name: string;
  readonly description: string;
  readonly userId: number;
  /** Best first, ten at most. */
  readonly movies: readonly { readonly id: number; readonly title: string }[];
}

/**
 * The scores of a checkout on fixed data, made by its own code: errors and lists instead of metrics, so that base
 * and head are measured with the same formulas.
 */
export interface Scores {
  readonly data: CheckedData;
  readonly model: CheckedModel;
  readonly fitSeconds: number;
  /** Size of the model file. */
  readonly modelBytes: number;
  /** The user of every held-out rating. */
  readonly userIds: Int32Array;
  /** For every held-out rating: 1 when its user is known in training. */
  readonly warm: Uint8Array;
  /** For every held-out rating: predicted minus given, stars. */
  readonly errors: Float64Array;
  /** One list for each ranked user, users ascending. */
  readonly lists: readonly RankedList[];
  readonly personas: readonly PersonaList[];
}
