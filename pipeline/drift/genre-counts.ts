import type { RatingSummary } from '../ratings/summary.ts';

/** Returns the names of the genres of a movie; empty when none are known. */
export type GenresOf = (movieId: number) => readonly string[];

/** Numbers genres in the order of their first appearance, to count them in arrays. */
export interface GenreColumns {
  /** Names of the columns so far. */
  readonly names: readonly string[];
  columnOf(name: string): number;
}

export function genreColumns(): GenreColumns {
  const columns = new Map<string, number>();
  const names: string[] = [];
  const columnOf = (name: string): number => {
    const known = columns.get(name);
    if (known !== undefined) return known;
    columns.set(name, names.length);
    return names.push(name) - 1;
  };
  return { names, columnOf };
}

/** Ratings of each genre in several summaries. */
export interface GenreCounts {
  readonly names: readonly string[];
  /** One array for each summary, with one number for each name. */
  readonly counts: readonly Float64Array[];
}

/**
 * Counts the ratings of each genre: a rating counts once for each genre of its movie.
 */
export function genreCounts(summaries: readonly RatingSummary[], genresOf: GenresOf): GenreCounts {
  const { names, columnOf } = genreColumns();
  const counted = summaries.map((summary) => {
    const counts: number[] = [];
    for (const [list, ratings] of ratingsOfLists(summary, genresOf)) {
      for (const name of list) {
        const column = columnOf(name);
        counts[column] = (counts[column] ?? 0) + ratings;
      }
    }
    return counts;
  });
  return {
    names,
    counts: counted.map((counts) => Float64Array.from(names, (_, column) => counts[column] ?? 0)),
  };
}

/** Counts the ratings of some genres in a summary. @returns one number for each name */
export function countGenres(
  names: readonly string[],
  summary: RatingSummary,
  genresOf: GenresOf,
): Float64Array {
  const columns = new Map(names.map((name, column) => [name, column]));
  const counts = new Float64Array(names.length);
  for (const [list, ratings] of ratingsOfLists(summary, genresOf)) {
    for (const name of list) {
      const column = columns.get(name);
      if (column !== undefined) counts[column] = (counts[column] as number) + ratings;
    }
  }
  return counts;
}

/** The ratings of each list of genres. Thousands of movies share a few hundred lists. */
function ratingsOfLists(
  { movieIds, movieCounts }: RatingSummary,
  genresOf: GenresOf,
): ReadonlyMap<readonly string[], number> {
  const ratings = new Map<readonly string[], number>();
  for (let row = 0; row < movieIds.length; row++) {
    const list = genresOf(movieIds[row] as number);
    ratings.set(list, (ratings.get(list) ?? 0) + (movieCounts[row] as number));
  }
  return ratings;
}
