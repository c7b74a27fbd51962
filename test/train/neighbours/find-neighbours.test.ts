import { expect, test } from 'vitest';
import { seededRandom } from '../../../pipeline/lib/random.ts';
import type { Movie } from '../../../pipeline/ratings/movie.ts';
import type { Ratings } from '../../../pipeline/ratings/ratings.ts';
import { vocabularyOf } from '../../../pipeline/ratings/vocabulary.ts';
import { coLiking } from '../../../pipeline/train/neighbours/co-liking.ts';
import { findNeighbours } from '../../../pipeline/train/neighbours/find-neighbours.ts';
import { itemCosine } from '../../../pipeline/train/neighbours/item-cosine.ts';
import { rated } from '../../evaluate/rated.ts';

test('the similarity of two movies is the weighted and shrunken cosine of their likings', () => {
  // Means 4, 3 and 3; likings max(0, 1 + (r − mean) / 2).
  const ratings = rated([1, 10, 5], [1, 20, 3], [2, 10, 4], [2, 20, 2], [3, 20, 3]);
  const movies = vocabularyOf(ratings.movieIds);
  const pairs = { pointers: Int32Array.of(0, 0, 1), others: Int32Array.of(0) };
  const { mostAlike, ofPairs } = coLiking(ratings, { movies, most: 5, pairs });
  const { rows, similarities } = mostAlike(movies.rowOf(10));
  expect([...rows]).toEqual([1]);
  // Likings 1.5 and 0.5 of both users, 1 of the third; weights 1/√2, 1/√2, 1.
  const [w, third] = [1 / Math.SQRT2, 1];
  const sum = 2 * w * 1.5 * 0.5;
  const norms = Math.sqrt(2 * w * 1.5 ** 2) * Math.sqrt(2 * w * 0.5 ** 2 + third);
  expect(similarities[0]).toBeCloseTo((sum / norms) * (2 / 22), 6);
  expect([...ofPairs]).toEqual([...similarities]);
});

/** Users of two groups; each group likes its own ten of twenty movies. */
function twoTastes(): Ratings {
  const random = seededRandom(3);
  const rows: [number, number, number][] = [];
  for (let user = 1; user <= 80; user++) {
    for (let movie = 1; movie <= 20; movie++) {
      const own = movie % 2 === user % 2;
      if (random() < (own ? 0.7 : 0.2)) rows.push([user, movie, own ? 4.5 : 2]);
    }
  }
  return rated(...rows);
}

const movie = (id: number, title: string, genres: readonly string[] = [], year = 2000): Movie => ({
  id,
  title,
  genres,
  year,
});

test('neighbours are movies that the same people like, each list without the movie itself', () => {
  const { movies, listOf } = findNeighbours(twoTastes(), []);
  for (const [row, id] of movies.ids.entries()) {
    const list = listOf(row).map(({ movieId }) => movieId);
    expect(list).not.toContain(id);
    expect(list.slice(0, 9).every((other) => other % 2 === id % 2)).toBe(true);
  }
});

test('equal genres, near years and titles of one series bring movies forward, titles only when they count', () => {
  const rows: [number, number, number][] = [];
  for (let user = 1; user <= 30; user++) for (let id = 1; id <= 5; id++) rows.push([user, id, 4]);
  const known = [
    movie(1, 'Rocky', ['Drama']),
    movie(2, 'Heat', ['Comedy'], 1950),
    movie(3, 'Casablanca', ['Drama'], 1950),
    movie(4, 'Psycho', ['Drama'], 2001),
    movie(5, 'Rocky II', ['Drama'], 2001),
  ];
  const orderOf = (byTitle: boolean) => {
    const { listOf } = findNeighbours(rated(...rows), known, { byTitle });
    return listOf(0).map(({ movieId }) => movieId);
  };
  expect(orderOf(true)).toEqual([5, 4, 3, 2]);
  expect(orderOf(false)).toEqual([4, 5, 3, 2]);
});

test('the cosine of stars is that of the columns', () => {
  const nearest = itemCosine(rated([1, 10, 4], [1, 20, 4], [2, 10, 3], [2, 30, 1]));
  // cos(10, 20) = 16 / (5 · 4), cos(10, 30) = 3 / (5 · 1)
  expect(nearest(10, 5)).toEqual([20, 30]);
  expect(nearest(99, 5)).toEqual([]);
});
