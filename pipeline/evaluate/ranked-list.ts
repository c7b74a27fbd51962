/** The top of the ranking for one user, and which of it the user turned out to like. */
export interface RankedList {
  readonly userId: number;
  /** Best first; shorter than the list has places when the model knows too few candidates. */
  readonly movieIds: Int32Array;
  /** For each movie of the list: 1 when it is relevant, 0 when not. */
  readonly hits: Uint8Array;
  /** Relevant movies of the user, in the list or not. At least 1. */
  readonly relevant: number;
}
