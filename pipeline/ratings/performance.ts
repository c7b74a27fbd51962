import { unionOfIds } from './union-of-ids.ts';

/**
 * The errors of a model on a set of ratings, by user because ratings cluster by user. The summary of a buffer is the sum
 * of the summaries of its batches.
 */
export interface PerformanceSummary {
  /** Distinct user ids, ascending. */
  readonly userIds: Int32Array;
  /** Ratings of each user. */
  readonly counts: Int32Array;
  /** Sum of squared errors of each user, stars². */
  readonly squaredErrors: Float64Array;
  /** Sum of absolute errors of each user, stars. */
  readonly absoluteErrors: Float64Array;
}

/** The errors on all parts together. */
export function mergePerformance(parts: readonly PerformanceSummary[]): PerformanceSummary {
  if (parts.length === 1) return parts[0] as PerformanceSummary;
  const userIds = unionOfIds(parts.map((part) => part.userIds));
  const counts = new Int32Array(userIds.length);
  const squaredErrors = new Float64Array(userIds.length);
  const absoluteErrors = new Float64Array(userIds.length);
  for (const part of parts) {
    let target = 0;
    for (let row = 0; row < part.userIds.length; row++) {
      while ((userIds[target] as number) < (part.userIds[row] as number)) target++;
      counts[target] = (counts[target] as number) + (part.counts[row] as number);
      squaredErrors[target] = (squaredErrors[target] as number) + (part.squaredErrors[row] as number);
      absoluteErrors[target] = (absoluteErrors[target] as number) + (part.absoluteErrors[row] as number);
    }
  }
  return { userIds, counts, squaredErrors, absoluteErrors };
}
