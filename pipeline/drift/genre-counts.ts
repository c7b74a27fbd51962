import type { RatingSummary } from '../ratings/summary.ts';

/** The genres of a movie by name; empty where none are known. */
export type GenresOf = (movieId: number) => readonly string[];

/** Genres as columns, so that they can be counted without names. */
export interface GenreColumns {
  readonly names: readonly string[];
  /** The columns of a movie's genres; empty for a movie that was not among those given. */
  columnsOf(movieId: number): readonly number[];
}

/** Gives every genre of these movies a column, in order of first appearance. */
export function genreColumns(movieIds: readonly Int32Array[], genresOf: GenresOf): GenreColumns {
  const columns = new Map<string, number>();
  const ofMovie = new Map<number, readonly number[]>();
  for (const ids of movieIds) {
    for (const id of ids) {
      if (ofMovie.has(id)) continue;
      const own = genresOf(id).map((name) => {
        const column = columns.get(name) ?? columns.size;
        columns.set(name, column);
        return column;
      });
      ofMovie.set(id, own);
    }
  }
  return { names: [...columns.keys()], columnsOf: (movieId) => ofMovie.get(movieId) ?? [] };
}

/**
 * Ratings of each genre: a rating counts once for each genre of its movie, and one of a movie without
 * genres not at all.
 */
export function genreCounts(summary: RatingSummary, genres: GenreColumns): Float64Array {
  const counts = new Float64Array(genres.names.length);
  for (let row = 0; row < summary.movieIds.length; row++) {
    const ratings = summary.movieCounts[row] as number;
    for (const column of genres.columnsOf(summary.movieIds[row] as number)) {
      counts[column] = (counts[column] as number) + ratings;
    }
  }
  return counts;
}
