import { basename, resolve } from 'node:path';
import type { Ratings } from '../../ratings/ratings.ts';
import { vocabularyOf } from '../../ratings/vocabulary.ts';

/** Ratings of a file or folder, for JSON: its name, and the numbers of ratings, users and movies. */
export function describeRatings(
  path: string,
  ratings: Ratings,
): { readonly file: string; readonly ratings: number; readonly users: number; readonly movies: number } {
  return {
    file: basename(resolve(path)),
    ratings: ratings.length,
    users: vocabularyOf(ratings.userIds).size,
    movies: vocabularyOf(ratings.movieIds).size,
  };
}
