import type { SourceNames } from './id-names.ts';

/**
 * Ratings from a source, before validation. A field that is missing or not a number is NaN. `validateRatings` turns
 * them into `Ratings` and rejects.
 */
export interface RawRatings {
  readonly length: number;
  readonly userIds: Float64Array;
  readonly movieIds: Float64Array;
  /** Stars as written. */
  readonly stars: Float64Array;
  /** Seconds since 1970-01-01 UTC. */
  readonly timestamps: Float64Array;
  /** The number of row 0 in the source, counted from 1: 2 in a file with a header line. */
  readonly firstRowNumber: number;
  /** The files of the rows, when there are several: the first row of each, and the number of that row in its file. */
  readonly parts?: readonly {
    readonly name: string;
    readonly from: number;
    readonly firstRowNumber: number;
  }[];
  /** Positions of rows that cannot be split into values, ascending. @default none */
  readonly unreadable?: readonly number[];
  /** Rows with line breaks inside of values, ascending, and how many they have. @default none */
  readonly breaks?: readonly { readonly row: number; readonly lines: number }[];
  /** Where ids are texts: the names of users and movies, whose positions are the ids. */
  readonly names?: SourceNames | undefined;
  /** Rows with values that were not understood, as they are written. The first ones only. @default none */
  readonly written?: ReadonlyMap<number, WrittenRow>;
}

/** The values of a row as they are written; null for a missing one. A row that cannot be split has one line. */
export type WrittenRow =
  | {
      readonly user: string | null;
      readonly movie: string | null;
      readonly rating: string | null;
      readonly time: string | null;
    }
  | { readonly line: string };

/** Why rows are rejected. */
export const REJECT_REASONS = [
  'quotation-invalid',
  'user-id-invalid',
  'movie-id-invalid',
  'rating-invalid',
  'timestamp-invalid',
  'superseded',
] as const;
export type RejectReason = (typeof REJECT_REASONS)[number];

export interface Reject {
  /** The number of the row in its source, counted from 1. */
  readonly rowNumber: number;
  readonly reason: RejectReason;
  /** The values seen: `user -1, movie 12, rating 4.3, timestamp 1112486027`. */
  readonly content: string;
}

/** The rejected rows of a source, by ascending row number. There may be millions, so they are described on request. */
export interface Rejects {
  readonly length: number;
  /** How many of them are damaged. A superseded rating is valid and does not count. */
  readonly damaged: number;
  /** How many of them have a reason. */
  count(reason: RejectReason): number;
  /** The first one of every reason. */
  firstOfEach(): readonly Reject[];
  /** The first damaged ones, `most` at most. */
  firstDamaged(most: number): readonly Reject[];
  /** Those from one position to before another. */
  slice(from: number, to: number): readonly Reject[];
}
