import { topN } from '../../math/top-n.ts';
import { matrixPair, type RatingMatrix } from '../../ratings/matrix.ts';
import type { Ratings } from '../../ratings/ratings.ts';
import { vocabularyOf } from '../../ratings/vocabulary.ts';

/**
 * The cosine of the columns of stars, the usual item-item similarity: what neighbours are compared with.
 *
 * Sarwar, Karypis, Konstan & Riedl, Item-Based Collaborative Filtering Recommendation Algorithms, WWW 2001.
 */
export function itemCosine(ratings: Ratings): (movieId: number, n: number) => readonly number[] {
  const users = vocabularyOf(ratings.userIds);
  const movies = vocabularyOf(ratings.movieIds);
  const { byUser, byMovie } = matrixPair(ratings, users, movies);
  const norms = Float64Array.from(movies.ids, (_, movie) => {
    let square = 0;
    for (let at = start(byMovie, movie); at < start(byMovie, movie + 1); at++) {
      square += (byMovie.halves[at] as number) ** 2;
    }
    return Math.sqrt(square);
  });
  return (movieId, n) => {
    const movie = movies.rowOf(movieId);
    if (movie < 0) return [];
    const cosines = new Float32Array(movies.size);
    for (let at = start(byMovie, movie); at < start(byMovie, movie + 1); at++) {
      const user = byMovie.columns[at] as number;
      for (let other = start(byUser, user); other < start(byUser, user + 1); other++) {
        const column = byUser.columns[other] as number;
        cosines[column] =
          (cosines[column] as number) + (byMovie.halves[at] as number) * (byUser.halves[other] as number);
      }
    }
    for (let other = 0; other < cosines.length; other++) {
      cosines[other] = (cosines[other] as number) / ((norms[movie] as number) * (norms[other] as number));
    }
    cosines[movie] = Number.NEGATIVE_INFINITY;
    return Array.from(topN(cosines, n), (row) => movies.ids[row] as number);
  };
}

const start = ({ pointers }: RatingMatrix, row: number): number => pointers[row] as number;
