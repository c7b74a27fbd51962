import { RATING_LEVELS, type Ratings } from './ratings.ts';

/**
 * What drift statistics need to know of a set of ratings, and no more: who gave how many of each level, and
 * how often each movie was rated. All counts are integers, so summaries add up exactly: the summary of a
 * buffer is the sum of its batches' summaries, whatever their order.
 */
export interface RatingSummary {
  /** Number of ratings. */
  readonly count: number;
  /** Distinct user ids, ascending. */
  readonly userIds: Int32Array;
  /** Per user, how many ratings of 1 to 10 half stars: userIds.length × 10, row-major. */
  readonly userLevels: Int32Array;
  /** Distinct movie ids, ascending. */
  readonly movieIds: Int32Array;
  /** Ratings of each movie. */
  readonly movieCounts: Int32Array;
}

/** Adds `weight` times each part, keyed by ascending ids; rows that come to nothing are dropped. */
function combine(
  parts: readonly { readonly ids: Int32Array; readonly rows: Int32Array; readonly weight: number }[],
  width: number,
): { ids: Int32Array; rows: Int32Array } {
  const ids = Int32Array.from(new Set(parts.flatMap((part) => Array.from(part.ids)))).sort();
  const rows = new Int32Array(ids.length * width);
  for (const part of parts) {
    let target = 0;
    for (let i = 0; i < part.ids.length; i++) {
      while (ids[target] !== part.ids[i]) target++;
      for (let lane = 0; lane < width; lane++) {
        const at = target * width + lane;
        rows[at] = (rows[at] as number) + part.weight * (part.rows[i * width + lane] as number);
      }
    }
  }
  const filled = (row: number): boolean => {
    for (let lane = 0; lane < width; lane++) if (rows[row * width + lane] !== 0) return true;
    return false;
  };
  let length = 0;
  for (let row = 0; row < ids.length; row++) {
    if (!filled(row)) continue;
    ids[length] = ids[row] as number;
    rows.copyWithin(length * width, row * width, (row + 1) * width);
    length++;
  }
  return { ids: ids.slice(0, length), rows: rows.slice(0, length * width) };
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
  return {
    count: parts.reduce((count, [part, weight]) => count + weight * part.count, 0),
    userIds: users.ids,
    userLevels: users.rows,
    movieIds: movies.ids,
    movieCounts: movies.rows,
  };
}

export function summariseRatings(ratings: Ratings): RatingSummary {
  const users = new Map<number, Int32Array>();
  const movies = new Map<number, number>();
  for (let i = 0; i < ratings.length; i++) {
    const user = ratings.userIds[i] as number;
    const movie = ratings.movieIds[i] as number;
    const levels = users.get(user) ?? new Int32Array(RATING_LEVELS);
    users.set(user, levels);
    const level = (ratings.halves[i] as number) - 1;
    levels[level] = (levels[level] as number) + 1;
    movies.set(movie, (movies.get(movie) ?? 0) + 1);
  }
  const userIds = Int32Array.from(users.keys()).sort();
  const userLevels = new Int32Array(userIds.length * RATING_LEVELS);
  userIds.forEach((id, row) => {
    userLevels.set(users.get(id) as Int32Array, row * RATING_LEVELS);
  });
  const movieIds = Int32Array.from(movies.keys()).sort();
  const movieCounts = Int32Array.from(movieIds, (id) => movies.get(id) as number);
  return { count: ratings.length, userIds, userLevels, movieIds, movieCounts };
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

/** How many ratings of 1 to 10 half stars, over all users. */
export function levelsOf(summary: RatingSummary): Int32Array {
  const levels = new Int32Array(RATING_LEVELS);
  for (let i = 0; i < summary.userLevels.length; i++) {
    const level = i % RATING_LEVELS;
    levels[level] = (levels[level] as number) + (summary.userLevels[i] as number);
  }
  return levels;
}
