import { RATING_LEVELS, type Ratings } from '../ratings/ratings.ts';
import { rowsOf, type Vocabulary } from '../ratings/vocabulary.ts';
import { type GenresOf, genreColumns } from './genre-counts.ts';
import { type UserMoments, userMoments } from './user-moments.ts';

/** A stretch of the training ratings as it is compared: consecutive windows of one size. */
export interface Layout {
  readonly size: number;
  /** First row of each window, ascending; each ends where the next begins, the last with the ratings. */
  readonly starts: readonly number[];
  /** For each window, where what it is compared with ends when no further window lies between. */
  readonly ends: readonly number[];
  /** How many windows may lie between a window and the end of what it is compared with. */
  readonly gaps: readonly number[];
}

/** Rating levels by user and ratings by genre of some stretch of time. */
export interface Portrait {
  readonly moments: UserMoments;
  readonly genres: Float64Array;
}

/**
 * One window, and for each gap of its layout that reaches a window how many of its ratings belong to users
 * and movies that are not in what it is compared with at that gap.
 */
export interface WindowPortrait extends Portrait {
  readonly newUserRatings: Int32Array;
  readonly newMovieRatings: Int32Array;
}

/** The training ratings by row numbers, in order of time. */
export interface History {
  readonly length: number;
  /** Everything before each of the given positions. */
  portraitsBefore(positions: readonly number[]): ReadonlyMap<number, Portrait>;
  /** One portrait a window of the layout. */
  windowPortraits(layout: Layout): readonly WindowPortrait[];
}

/** Position at which each row number appears first. */
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

/** Adds one to every cutoff at or after which something first seen at `since` is new. Cutoffs descend. */
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

  const portraitsBefore = (positions: readonly number[]): ReadonlyMap<number, Portrait> => {
    const portraits = new Map<number, Portrait>();
    const levels = new Int32Array(users.size * RATING_LEVELS);
    const genreCounts = new Float64Array(genres.names.length);
    let i = 0;
    for (const position of [...new Set(positions)].sort((a, b) => a - b)) {
      for (; i < position; i++) {
        add(levels, (userRows[i] as number) * RATING_LEVELS + (halves[i] as number) - 1);
        countGenres(genreCounts, movieRows[i] as number);
      }
      portraits.set(position, { moments: userMoments(levels), genres: genreCounts.slice() });
    }
    return portraits;
  };

  // A window knows few of all users: they get rows of their own, so that its moments cost what it holds.
  const ownRow = new Int32Array(users.size).fill(-1);
  const windowPortrait = (from: number, to: number, cutoffs: readonly number[]): WindowPortrait => {
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
    portraitsBefore,
    windowPortraits: ({ size, starts, ends, gaps }) =>
      starts.map((start, window) => {
        const cutoffs = gaps.flatMap((gap) => ends[window - gap] ?? []);
        return windowPortrait(start, start + size, cutoffs);
      }),
  };
}
