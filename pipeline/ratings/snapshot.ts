import { sha256 } from '../lib/digest.ts';
import type { Ratings } from './ratings.ts';
import { vocabularyOf } from './vocabulary.ts';

/** The size of a set of ratings: ratings, distinct users and distinct movies. */
export interface RatingCounts {
  readonly ratings: number;
  readonly users: number;
  readonly movies: number;
}

/** Times of the oldest and the newest rating, seconds since 1970; null without ratings. */
export interface TimeRange {
  readonly from: number | null;
  readonly to: number | null;
}

/** The summary of a set of ratings. Sets with equal digests have the same ratings in the same order. */
export interface Snapshot extends RatingCounts, TimeRange {
  readonly sha256: string;
}

export function countRatings({ length, userIds, movieIds }: Ratings): RatingCounts {
  return { ratings: length, users: vocabularyOf(userIds).size, movies: vocabularyOf(movieIds).size };
}

export function timeRange({ ratedAt }: Ratings): TimeRange {
  if (ratedAt.length === 0) return { from: null, to: null };
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const time of ratedAt) {
    if (time < from) from = time;
    if (time > to) to = time;
  }
  return { from, to };
}

export function snapshotOf(ratings: Ratings): Snapshot {
  return { sha256: snapshotDigest(ratings), ...countRatings(ratings), ...timeRange(ratings) };
}

const bytesOf = (column: Int32Array | Uint8Array): Uint8Array =>
  new Uint8Array(column.buffer, column.byteOffset, column.byteLength);

/**
 * The SHA-256 of the columns of ratings. It depends on the order of the rows. Ratings from the store are ordered by user
 * and movie, so equal sets have equal digests. Without ratings it is the digest of no bytes.
 */
export function snapshotDigest({ userIds, movieIds, halves, ratedAt }: Ratings): string {
  return sha256(bytesOf(userIds), bytesOf(movieIds), bytesOf(halves), bytesOf(ratedAt));
}
