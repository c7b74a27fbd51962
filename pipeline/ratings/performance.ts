import { unionOfIds } from './union-of-ids.ts';

/**
 * The errors and lists of a model on a set of ratings, by user because ratings cluster by user. The summary of a buffer is the sum
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
  /** The errors of plain predictions on the same ratings; null where an earlier release measured none. */
  readonly baseline: BaselineErrors | null;
  /** How good the lists of the model are; null where an earlier release ranked nobody. */
  readonly ranking: ListScores | null;
}

/** Sums of squared errors of each user, stars², in the rows of the model's errors. */
export interface BaselineErrors {
  /** Of overall mean plus damped biases of movie and user. */
  readonly bias: Float64Array;
  /** Of the overall mean for everything. */
  readonly mean: Float64Array;
  /** Sum of the absolute errors, stars, of movie and user biases; null where an earlier release measured none. */
  readonly biasAbsolute: Float64Array | null;
}

/** Sums over the lists of each user, in the rows of the model's errors. */
export interface ListScores {
  /** Lists of each user: one for each set of ratings that the user was ranked for, 0 for a user who was not ranked. */
  readonly lists: Int32Array;
  /** NDCG@10 of the lists of the model. */
  readonly ndcg: Float64Array;
  /** NDCG@10 of lists of the movies with the most training ratings, for the same users and candidates. */
  readonly popularityNdcg: Float64Array;
}

/** The errors on all parts together. What a part has none of is null. */
export function mergePerformance(parts: readonly PerformanceSummary[]): PerformanceSummary {
  if (parts.length === 1) return parts[0] as PerformanceSummary;
  const userIds = unionOfIds(parts.map((part) => part.userIds));
  const counts = new Int32Array(userIds.length);
  addByUser(parts, userIds, counts, (part) => part.counts);
  const sumOf = (column: (part: PerformanceSummary) => Float64Array): Float64Array => {
    const sums = new Float64Array(userIds.length);
    addByUser(parts, userIds, sums, column);
    return sums;
  };
  const none = new Float64Array();
  const isInAll = (of: (part: PerformanceSummary) => unknown): boolean =>
    parts.every((part) => (of(part) ?? null) !== null);
  const lists = new Int32Array(userIds.length);
  addByUser(parts, userIds, lists, ({ ranking }) => ranking?.lists ?? none);
  return {
    userIds,
    counts,
    squaredErrors: sumOf((part) => part.squaredErrors),
    absoluteErrors: sumOf((part) => part.absoluteErrors),
    baseline: isInAll(({ baseline }) => baseline)
      ? {
          bias: sumOf(({ baseline }) => baseline?.bias ?? none),
          mean: sumOf(({ baseline }) => baseline?.mean ?? none),
          biasAbsolute: isInAll(({ baseline }) => baseline?.biasAbsolute)
            ? sumOf(({ baseline }) => baseline?.biasAbsolute ?? none)
            : null,
        }
      : null,
    ranking: isInAll(({ ranking }) => ranking)
      ? {
          lists,
          ndcg: sumOf(({ ranking }) => ranking?.ndcg ?? none),
          popularityNdcg: sumOf(({ ranking }) => ranking?.popularityNdcg ?? none),
        }
      : null,
  };
}

/** Adds a column of every part to the rows of its users. */
function addByUser(
  parts: readonly PerformanceSummary[],
  userIds: Int32Array,
  sums: Int32Array | Float64Array,
  column: (part: PerformanceSummary) => Int32Array | Float64Array,
): void {
  for (const part of parts) {
    const values = column(part);
    let target = 0;
    for (let row = 0; row < values.length; row++) {
      while ((userIds[target] as number) < (part.userIds[row] as number)) target++;
      sums[target] = (sums[target] as number) + (values[row] as number);
    }
  }
}

/** The errors and lists of the other users. */
export function withoutUsers(
  performance: PerformanceSummary,
  users: ReadonlySet<number>,
): PerformanceSummary {
  const keep = <T extends Int32Array | Float64Array>(column: T): T =>
    column.filter((_, row) => !users.has(performance.userIds[row] as number)) as T;
  const { baseline, ranking } = performance;
  return {
    userIds: keep(performance.userIds),
    counts: keep(performance.counts),
    squaredErrors: keep(performance.squaredErrors),
    absoluteErrors: keep(performance.absoluteErrors),
    baseline: baseline && {
      bias: keep(baseline.bias),
      mean: keep(baseline.mean),
      biasAbsolute: baseline.biasAbsolute && keep(baseline.biasAbsolute),
    },
    ranking: ranking && {
      lists: keep(ranking.lists),
      ndcg: keep(ranking.ndcg),
      popularityNdcg: keep(ranking.popularityNdcg),
    },
  };
}
