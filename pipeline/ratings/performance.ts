/**
 * How well a model predicted a set of ratings, kept by user because ratings cluster by user. Sums add up, so
 * the performance on a buffer is the sum of its batches' performances.
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

/** The performance on all parts together. */
export function mergePerformance(parts: readonly PerformanceSummary[]): PerformanceSummary {
  if (parts.length === 1) return parts[0] as PerformanceSummary;
  const sums = new Map<number, [count: number, squared: number, absolute: number]>();
  for (const part of parts) {
    part.userIds.forEach((id, row) => {
      const sum = sums.get(id) ?? [0, 0, 0];
      sum[0] += part.counts[row] as number;
      sum[1] += part.squaredErrors[row] as number;
      sum[2] += part.absoluteErrors[row] as number;
      sums.set(id, sum);
    });
  }
  const userIds = Int32Array.from(sums.keys()).sort();
  const column = (index: 0 | 1 | 2): number[] =>
    Array.from(userIds, (id) => (sums.get(id) as [number, number, number])[index]);
  return {
    userIds,
    counts: Int32Array.from(column(0)),
    squaredErrors: Float64Array.from(column(1)),
    absoluteErrors: Float64Array.from(column(2)),
  };
}
