import { sha256 } from '../lib/digest.ts';
import type { Ratings } from './ratings.ts';

const bytesOf = (column: Int32Array | Uint8Array): Uint8Array =>
  new Uint8Array(column.buffer, column.byteOffset, column.byteLength);

/**
 * The SHA-256 of the columns of ratings. It depends on the order of the rows. Ratings from the store are ordered by user
 * and movie, so equal sets have equal digests.
 */
export function snapshotDigest({ userIds, movieIds, halves, ratedAt }: Ratings): string {
  return sha256(bytesOf(userIds), bytesOf(movieIds), bytesOf(halves), bytesOf(ratedAt));
}
