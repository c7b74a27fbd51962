import { RATING_LEVELS, type Ratings } from '../ratings/ratings.ts';
import { rowsOf, type Vocabulary } from '../ratings/vocabulary.ts';
import { type GenresOf, genreColumns } from './genre-counts.ts';
import { type UserMoments, userMoments } from './user-moments.ts';

/** Consecutive windows of one size in the training ratings, and their references. */
export interface WindowLayout {
  readonly size: number;
  /** First row of each window, ascending. A window ends where the next begins; the last ends with the ratings. */
  readonly starts: readonly number[];
  /** The end of the reference of each window when the gap is 0. */
  readonly ends: readonly number[];
  /** The gaps to measure: numbers of windows between a window and the end of its reference. */
  readonly gaps: readonly number[];
}

/** Rating levels by user and ratings by genre of a set of ratings. */
export interface SampleStatistics {
  readonly moments: UserMoments;
  readonly genres: Float64Array;
}

/**
 * The statistics of a window and, for each gap that is possible for the window, the number of its ratings by users and
 * of movies that are not in its reference.
 */
export interface WindowStatistics extends SampleStatistics {
  readonly newUserRatings: Int32Array;
  readonly newMovieRatings: Int32Array;
}

/** Statistics of parts of the training ratings, which are in order of time. */
export interface History {
  readonly length: number;
  /** The statistics of all ratings before each of the given positions. */
  statisticsBefore(positions: readonly number[]): ReadonlyMap<number, SampleStatistics>;
  /** The statistics of each window of the layout. */
  windowStatistics(layout: WindowLayout): readonly WindowStatistics[];
}

/** The position at which each row number appears first. */
function firstSeen(rows: Int32Array, size: number): Int32Array {
  const first = new Int32Array(size).fill(-1);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    if (first[row] === -1) first[row] = i;
  }
  return first;
}

function add(counts: Int32Array | Float64Array, at: number): void {
  counts[at] = (counts[at] as number) + 1;
}

/** Adds 1 to the count of every cutoff that is not after `since`, the first appearance. Cutoffs descend. */
function countNew(counts: Int32Array, since: number, cutoffs: readonly number[]): void {
  for (let gap = cutoffs.length - 1; gap >= 0 && since >= (cutoffs[gap] as number); gap--) add(counts, gap);
}

/** @param training ordered by time. */
export function historyOf(
  training: Ratings,
  users: Vocabulary,
  movies: Vocabulary,
  genresOf: GenresOf,
): History {
  const { halves, length } = training;
  const userRows = rowsOf(users, training.userIds);
  const movieRows = rowsOf(movies, training.movieIds);
  const userFirst = firstSeen(userRows, users.size);
  const movieFirst = firstSeen(movieRows, movies.size);
  const genres = genreColumns();
  const genreStarts = new Int32Array(movies.size + 1);
  const genreList: number[] = [];
  movies.ids.forEach((id, row) => {
    for (const name of genresOf(id)) genreList.push(genres.columnOf(name));
    genreStarts[row + 1] = genreList.length;
  });
  const genresByRow = Int32Array.from(genreList);

  const countGenres = (counts: Float64Array, movie: number): void => {
    const end = genreStarts[movie + 1] as number;
    for (let at = genreStarts[movie] as number; at < end; at++) add(counts, genresByRow[at] as number);
  };

  const statisticsBefore = (positions: readonly number[]): ReadonlyMap<number, SampleStatistics> => {
    const statistics = new Map<number, SampleStatistics>();
    const levels = new Int32Array(users.size * RATING_LEVELS);
    const genreCounts = new Float64Array(genres.names.length);
    let i = 0;
    for (const position of [...new Set(positions)].sort((a, b) => a - b)) {
      for (; i < position; i++) {
        add(levels, (userRows[i] as number) * RATING_LEVELS + (halves[i] as number) - 1);
        countGenres(genreCounts, movieRows[i] as number);
      }
      statistics.set(position, { moments: userMoments(levels), genres: genreCounts.slice() });
    }
    return statistics;
  };

  // A window has few of all users. They get their own row numbers, so that its cost depends on its own size.
  const ownRow = new Int32Array(users.size).fill(-1);
  const statisticsOf = (from: number, to: number, cutoffs: readonly number[]): WindowStatistics => {
    const levels = new Int32Array(Math.min(to - from, users.size) * RATING_LEVELS);
    const genreCounts = new Float64Array(genres.names.length);
    const newUserRatings = new Int32Array(cutoffs.length);
    const newMovieRatings = new Int32Array(cutoffs.length);
    let own = 0;
    for (let i = from; i < to; i++) {
      const user = userRows[i] as number;
      if (ownRow[user] === -1) ownRow[user] = own++;
      add(levels, (ownRow[user] as number) * RATING_LEVELS + (halves[i] as number) - 1);
      const movie = movieRows[i] as number;
      countGenres(genreCounts, movie);
      countNew(newUserRatings, userFirst[user] as number, cutoffs);
      countNew(newMovieRatings, movieFirst[movie] as number, cutoffs);
    }
    for (let i = from; i < to; i++) ownRow[userRows[i] as number] = -1;
    const moments = userMoments(levels.subarray(0, own * RATING_LEVELS));
    return { moments, genres: genreCounts, newUserRatings, newMovieRatings };
  };

  return {
    length,
    statisticsBefore,
    windowStatistics: ({ size, starts, ends, gaps }) =>
      starts.map((start, window) => {
        const cutoffs = gaps.flatMap((gap) => ends[window - gap] ?? []);
        return statisticsOf(start, start + size, cutoffs);
      }),
  };
}
