/** Popularity, item-item cosine and implicit ALS, each written plainly: what the API is compared with. */

import { seededRandom } from '../../../pipeline/lib/random.ts';
import { matrixPair, type RatingMatrix } from '../../../pipeline/ratings/matrix.ts';
import type { Ratings } from '../../../pipeline/ratings/ratings.ts';
import { type Vocabulary, vocabularyOf } from '../../../pipeline/ratings/vocabulary.ts';
import { addOuter, factorise, solve } from '../train/plain/square.ts';
import { bestIds, type Method } from './method.ts';

interface Plain {
  readonly movies: Vocabulary;
  readonly byUser: RatingMatrix;
  readonly byMovie: RatingMatrix;
}

export function plainMethods(ratings: Ratings): readonly Method[] {
  const users = vocabularyOf(ratings.userIds);
  const movies = vocabularyOf(ratings.movieIds);
  const plain = { movies, ...matrixPair(ratings, users, movies) };
  return [popularity(plain), cosine(plain), implicitAls(plain)];
}

const range = ({ pointers }: RatingMatrix, row: number): readonly [number, number] => [
  pointers[row] as number,
  pointers[row + 1] as number,
];

function popularity({ movies, byMovie }: Plain): Method {
  const counts = Float64Array.from(movies.ids, (_, row) => range(byMovie, row)[1] - range(byMovie, row)[0]);
  return {
    name: 'popularity',
    list: async (told, k) => bestIds(movies.ids, counts, k, new Set(told.map(({ movieId }) => movieId))),
    similar: async () => [],
  };
}

/** Cosine of the columns of stars; a list is the sum of the cosines with the told movies, times their stars. */
function cosine({ movies, byUser, byMovie }: Plain): Method {
  const norms = Float64Array.from(movies.ids, (_, movie) => {
    const [from, to] = range(byMovie, movie);
    return Math.hypot(...byMovie.halves.subarray(from, to));
  });
  const cosinesOf = (movieId: number): Float64Array => {
    const cosines = new Float64Array(movies.size);
    const movie = movies.rowOf(movieId);
    if (movie < 0) return cosines;
    const [from, to] = range(byMovie, movie);
    for (let at = from; at < to; at++) {
      const [first, last] = range(byUser, byMovie.columns[at] as number);
      for (let j = first; j < last; j++) {
        const other = byUser.columns[j] as number;
        cosines[other] =
          (cosines[other] as number) + (byMovie.halves[at] as number) * (byUser.halves[j] as number);
      }
    }
    return cosines.map((sum, other) => sum / ((norms[movie] as number) * (norms[other] as number)));
  };
  return {
    name: 'item-item cosine',
    async list(told, k) {
      const scores = new Float64Array(movies.size);
      for (const { movieId, stars } of told) {
        cosinesOf(movieId).forEach((value, row) => {
          scores[row] = (scores[row] as number) + stars * value;
        });
      }
      return bestIds(movies.ids, scores, k, new Set(told.map(({ movieId }) => movieId)));
    },
    similar: async (movieId, k) => bestIds(movies.ids, cosinesOf(movieId), k, new Set([movieId])),
  };
}

const FACTORS = 32;
const SWEEPS = 8;
const CONFIDENCE = 1;
const PENALTY = 15;

/** Hu, Koren & Volinsky (2008): confidence 1 + α, preference r / 5, row by row. */
function implicitAls({ movies, byUser, byMovie }: Plain): Method {
  const random = seededRandom(1);
  const userFactors = Float64Array.from({ length: byUser.rowCount * FACTORS }, () => 0.2 * (random() - 0.5));
  const movieFactors = new Float64Array(byMovie.rowCount * FACTORS);
  const sharedOf = (opposite: Float64Array): Float64Array => {
    const shared = new Float64Array(FACTORS * FACTORS);
    for (let at = 0; at < opposite.length; at += FACTORS) addOuter(opposite, at, FACTORS, shared);
    for (let f = 0; f < FACTORS; f++) {
      shared[f * FACTORS + f] = (shared[f * FACTORS + f] as number) + PENALTY;
    }
    return shared;
  };
  const solveRow = (
    columns: ArrayLike<number>,
    halves: ArrayLike<number>,
    opposite: Float64Array,
    shared: Float64Array,
  ): Float64Array => {
    const matrix = shared.slice();
    const x = new Float64Array(FACTORS);
    for (let at = 0; at < columns.length; at++) {
      const q = (columns[at] as number) * FACTORS;
      const target = ((1 + CONFIDENCE) * (halves[at] as number)) / 10;
      for (let f = 0; f < FACTORS; f++) x[f] = (x[f] as number) + target * (opposite[q + f] as number);
      // α = 1: the row counts once more than in the sum over all.
      addOuter(opposite, q, FACTORS, matrix);
    }
    factorise(matrix, FACTORS);
    solve(matrix, FACTORS, x);
    return x;
  };
  const solveSide = (side: RatingMatrix, factors: Float64Array, opposite: Float64Array): void => {
    const shared = sharedOf(opposite);
    for (let row = 0; row < side.rowCount; row++) {
      const [from, to] = range(side, row);
      factors.set(
        solveRow(side.columns.subarray(from, to), side.halves.subarray(from, to), opposite, shared),
        row * FACTORS,
      );
    }
  };
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    solveSide(byMovie, movieFactors, userFactors);
    solveSide(byUser, userFactors, movieFactors);
  }
  const shared = sharedOf(movieFactors);
  const dot = (x: Float64Array, row: number): number =>
    x.reduce((sum, value, f) => sum + value * (movieFactors[row * FACTORS + f] as number), 0);
  const vectorOf = (row: number): Float64Array => {
    const vector = movieFactors.slice(row * FACTORS, (row + 1) * FACTORS);
    const length = Math.hypot(...vector) || 1;
    return vector.map((value) => value / length);
  };
  return {
    name: 'implicit ALS',
    async list(told, k) {
      const known = told.filter(({ movieId }) => movies.rowOf(movieId) >= 0);
      const x = solveRow(
        known.map(({ movieId }) => movies.rowOf(movieId)),
        known.map(({ stars }) => 2 * stars),
        movieFactors,
        shared,
      );
      const scores = Float64Array.from(movies.ids, (_, row) => dot(x, row));
      return bestIds(movies.ids, scores, k, new Set(told.map(({ movieId }) => movieId)));
    },
    async similar(movieId, k) {
      const row = movies.rowOf(movieId);
      if (row < 0) return [];
      const own = vectorOf(row);
      const cosines = Float64Array.from(movies.ids, (_, other) =>
        vectorOf(other).reduce((sum, value, f) => sum + value * (own[f] as number), 0),
      );
      return bestIds(movies.ids, cosines, k, new Set([movieId]));
    },
  };
}
