import { sha256 } from '../lib/digest.ts';
import type { Ratings } from './ratings.ts';

const bytesOf = (column: Int32Array | Uint8Array): Uint8Array =>
  new Uint8Array(column.buffer, column.byteOffset, column.byteLength);

/**
 * The digest of a set of ratings: SHA-256 over its columns, row order included. Ratings that come out of the
 * store are ordered by user and movie, so equal sets have equal digests.
 */
export function snapshotDigest({ userIds, movieIds, halves, ratedAt }: Ratings): string {
  return sha256(bytesOf(userIds), bytesOf(movieIds), bytesOf(halves), bytesOf(ratedAt));
}
