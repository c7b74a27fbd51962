/** How the ratings of a window are divided into parts. */
export type Partition = 'genre' | 'movie' | 'user-group' | 'user';

/** A part of the ratings, and what it contributes to what a signal found. */
export interface ContributingPart {
  /** Genre name, movie or user id as text, `returning users` / `new users`, or `all others`. */
  readonly label: string;
  /** Share of the ratings in the reference and in the window, 0 to 1. Of `user_mean_shift` the share of users. */
  readonly referenceShare: number;
  readonly windowShare: number;
  /** The statistic of the signal on this part alone, before and now; null where the part has no ratings or none is defined. */
  readonly before: number | null;
  readonly now: number | null;
  /** In the unit of the total. */
  readonly contribution: number;
}

/** Contributions to a total, the largest first; the last part is `all others`. They add up to the total. */
export interface Contributions {
  readonly partition: Partition;
  /** Value minus reference of the signal; of distances and of shares of new movies and users the value. */
  readonly total: number;
  readonly parts: readonly ContributingPart[];
}

/** What remains of an effect without one part of the window. */
export interface Influence {
  readonly kind: 'user' | 'movie' | 'genre';
  readonly label: string;
  readonly ratings: number;
  /** Share of the ratings of the window, 0 to 1. */
  readonly share: number;
  /** The effect of the signal when these ratings are left out; null when the rest is too small to measure. */
  readonly effectWithout: number | null;
}

/** Where an effect comes from. */
export interface Explanation {
  readonly contributions: readonly Contributions[];
  /** The user, the movie and the genre that carry most of it, the most influential first. */
  readonly influence: readonly Influence[];
}
