/** The top of the ranking for one user, and which of its movies are relevant. */
export interface RankedList {
  readonly userId: number;
  /** Best first. Shorter than requested when the model knows too few candidates. */
  readonly movieIds: Int32Array;
  /** For each movie of the list: 1 if it is relevant, otherwise 0. */
  readonly hits: Uint8Array;
  /** Number of relevant movies of the user, in the list or not. At least 1. */
  readonly relevant: number;
}
