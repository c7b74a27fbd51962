import { RATING_LEVELS, type Ratings } from './ratings.ts';
import { unionOfIds } from './union-of-ids.ts';
import { vocabularyOf } from './vocabulary.ts';

/**
 * The counts of a set of ratings that drift statistics need: ratings of each level by user and by movie.
 * All counts are integers, so summaries add up exactly: the summary of a buffer is the sum of the summaries of its
 * batches.
 */
export interface RatingSummary {
  /** Number of ratings. */
  readonly count: number;
  /** Distinct user ids, ascending. */
  readonly userIds: Int32Array;
  /** For each user, the numbers of ratings of 1 to 10 half stars: userIds.length × 10, row-major. */
  readonly userLevels: Int32Array;
  /** Distinct movie ids, ascending. */
  readonly movieIds: Int32Array;
  /** Ratings of each movie. */
  readonly movieCounts: Int32Array;
  /**
   * For each movie, the numbers of ratings of 1 to 10 half stars: movieIds.length × 10, row-major. Null where an earlier
   * release stored only the counts.
   */
  readonly movieLevels: Int32Array | null;
}

/** Adds `weight` times each part, by ascending ids. Rows of zeros are dropped. */
function combine(
  parts: readonly { readonly ids: Int32Array; readonly rows: Int32Array; readonly weight: number }[],
  width: number,
): { ids: Int32Array; rows: Int32Array } {
  const ids = unionOfIds(parts.map((part) => part.ids));
  const rows = new Int32Array(ids.length * width);
  for (const part of parts) {
    const { ids: partIds, rows: partRows, weight } = part;
    let target = 0;
    let from = 0;
    for (let i = 0; i < partIds.length; i++) {
      const id = partIds[i] as number;
      while ((ids[target] as number) < id) target++;
      for (let to = target * width, end = to + width; to < end; to++) {
        rows[to] = (rows[to] as number) + weight * (partRows[from++] as number);
      }
    }
  }
  return parts.every(({ weight }) => weight > 0) ? { ids, rows } : withoutEmptyRows(ids, rows, width);
}

function withoutEmptyRows(
  ids: Int32Array,
  rows: Int32Array,
  width: number,
): { ids: Int32Array; rows: Int32Array } {
  let length = 0;
  for (let row = 0; row < ids.length; row++) {
    const from = row * width;
    if (isZero(rows, from, from + width)) continue;
    ids[length] = ids[row] as number;
    rows.copyWithin(length * width, from, from + width);
    length++;
  }
  return { ids: ids.slice(0, length), rows: rows.slice(0, length * width) };
}

function isZero(counts: Int32Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (counts[at] !== 0) return false;
  return true;
}

function weighted(parts: readonly (readonly [RatingSummary, number])[]): RatingSummary {
  const users = combine(
    parts.map(([part, weight]) => ({ ids: part.userIds, rows: part.userLevels, weight })),
    RATING_LEVELS,
  );
  const movies = combine(
    parts.map(([part, weight]) => ({ ids: part.movieIds, rows: part.movieCounts, weight })),
    1,
  );
  const byLevel = parts.flatMap(([{ movieIds, movieLevels }, weight]) =>
    movieLevels === null ? [] : [{ ids: movieIds, rows: movieLevels, weight }],
  );
  return {
    count: parts.reduce((count, [part, weight]) => count + weight * part.count, 0),
    userIds: users.ids,
    userLevels: users.rows,
    movieIds: movies.ids,
    movieCounts: movies.rows,
    movieLevels: byLevel.length === parts.length ? combine(byLevel, RATING_LEVELS).rows : null,
  };
}

export function summariseRatings(ratings: Ratings): RatingSummary {
  const users = vocabularyOf(ratings.userIds);
  const movies = vocabularyOf(ratings.movieIds);
  const userLevels = new Int32Array(users.size * RATING_LEVELS);
  const movieCounts = new Int32Array(movies.size);
  const movieLevels = new Int32Array(movies.size * RATING_LEVELS);
  for (let i = 0; i < ratings.length; i++) {
    const user = users.rowOf(ratings.userIds[i] as number);
    const movie = movies.rowOf(ratings.movieIds[i] as number);
    const level = (ratings.halves[i] as number) - 1;
    const byUser = user * RATING_LEVELS + level;
    const byMovie = movie * RATING_LEVELS + level;
    userLevels[byUser] = (userLevels[byUser] as number) + 1;
    movieLevels[byMovie] = (movieLevels[byMovie] as number) + 1;
    movieCounts[movie] = (movieCounts[movie] as number) + 1;
  }
  return {
    count: ratings.length,
    userIds: users.ids,
    userLevels,
    movieIds: movies.ids,
    movieCounts,
    movieLevels,
  };
}

/** The summary of all parts together. */
export function mergeSummaries(parts: readonly RatingSummary[]): RatingSummary {
  return parts.length === 1 ? (parts[0] as RatingSummary) : weighted(parts.map((part) => [part, 1]));
}

/** The summary of `all` without `part`, which must be contained in it. */
export function subtractSummary(all: RatingSummary, part: RatingSummary): RatingSummary {
  return weighted([
    [all, 1],
    [part, -1],
  ]);
}

/** The summary with the movies of all ratings, but only the levels of the other users. */
export function withoutUserLevels(summary: RatingSummary, users: ReadonlySet<number>): RatingSummary {
  const rows = [...summary.userIds.keys()].filter((row) => !users.has(summary.userIds[row] as number));
  const userLevels = new Int32Array(rows.length * RATING_LEVELS);
  rows.forEach((row, to) => {
    const levels = summary.userLevels.subarray(row * RATING_LEVELS, (row + 1) * RATING_LEVELS);
    userLevels.set(levels, to * RATING_LEVELS);
  });
  return {
    ...summary,
    count: userLevels.reduce((sum, count) => sum + count, 0),
    userIds: Int32Array.from(rows, (row) => summary.userIds[row] as number),
    userLevels,
  };
}
