import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Arena } from '../../pipeline/math/compute/arena.ts';
import { matrixPair, type RatingMatrix, ratingMatrix } from '../../pipeline/ratings/matrix.ts';
import { vocabularyOf } from '../../pipeline/ratings/vocabulary.ts';
import { type Row, ratingsOf, someRows } from './some-ratings.ts';

/** Valid ratings: each user has rated a movie once. */
const distinctRows = someRows.map((rows) => [
  ...new Map(rows.map((row) => [`${row[0]} ${row[1]}`, row])).values(),
]);

function pairOf(rows: readonly Row[], arena?: Arena) {
  const ratings = ratingsOf(rows);
  const users = vocabularyOf(ratings.userIds);
  const movies = vocabularyOf(ratings.movieIds);
  return { users, movies, ...matrixPair(ratings, users, movies, arena) };
}

/** Column and half stars of the entries of a row. */
function entriesOf({ pointers, columns, halves }: RatingMatrix, row: number): number[][] {
  const [first, end] = [pointers[row] as number, pointers[row + 1] as number];
  return Array.from({ length: end - first }, (_, i) => [columns[first + i], halves[first + i]] as number[]);
}

const plain = ({ rowCount, columnCount, pointers, columns, halves }: RatingMatrix): unknown => ({
  rowCount,
  columnCount,
  pointers: [...pointers],
  columns: [...columns],
  halves: [...halves],
});

test('both matrices hold every rating in its row, by ascending column', () => {
  fc.assert(
    fc.property(distinctRows, (rows) => {
      const { users, movies, byUser, byMovie } = pairOf(rows);
      const sorted = (entries: number[][]): number[][] => entries.sort(([a = 0], [b = 0]) => a - b);
      for (let row = 0; row < users.size; row++) {
        const own = rows.filter(([user]) => users.rowOf(user) === row);
        expect(entriesOf(byUser, row)).toEqual(
          sorted(own.map(([, movie, halves]) => [movies.rowOf(movie), halves])),
        );
      }
      for (let row = 0; row < movies.size; row++) {
        const own = rows.filter(([, movie]) => movies.rowOf(movie) === row);
        expect(entriesOf(byMovie, row)).toEqual(
          sorted(own.map(([user, , halves]) => [users.rowOf(user), halves])),
        );
      }
      expect([byUser.rowCount, byUser.columnCount, byUser.pointers.at(-1)]).toEqual([
        users.size,
        movies.size,
        rows.length,
      ]);
      expect([byMovie.rowCount, byMovie.columnCount, byMovie.pointers.at(-1)]).toEqual([
        movies.size,
        users.size,
        rows.length,
      ]);
    }),
    { seed: 1 },
  );
});

test('matrices do not depend on the order of the ratings', () => {
  const twoOrders = distinctRows.chain((rows) =>
    fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })),
  );
  fc.assert(
    fc.property(twoOrders, ([rows, shuffled]) => {
      const [first, second] = [pairOf(rows), pairOf(shuffled)];
      expect(plain(second.byUser)).toEqual(plain(first.byUser));
      expect(plain(second.byMovie)).toEqual(plain(first.byMovie));
    }),
    { seed: 1 },
  );
});

test('matrices in memory of kernels are the same as in ordinary memory', () => {
  const rows = [
    [5, 3, 7, 0],
    [5, 1, 2, 0],
    [2, 3, 10, 0],
  ] as const;
  const arena = new Arena();
  const { byUser, byMovie } = pairOf(rows, arena);
  expect(plain(byUser)).toEqual(plain(pairOf(rows).byUser));
  expect(plain(byMovie)).toEqual(plain(pairOf(rows).byMovie));
  for (const array of [byUser.columns, byUser.pointers, byMovie.columns, byMovie.pointers]) {
    expect(array.buffer).toBe(arena.memory.buffer);
  }
});

test('`ratingMatrix` keeps the entries of a row in their order', () => {
  const users = vocabularyOf(Int32Array.of(1, 2));
  const movies = vocabularyOf(Int32Array.of(7, 8, 9));
  const matrix = ratingMatrix(
    users,
    movies,
    Int32Array.of(2, 1, 2, 2),
    Int32Array.of(9, 8, 7, 8),
    Uint8Array.of(4, 5, 6, 7),
  );
  expect([entriesOf(matrix, 0), entriesOf(matrix, 1)]).toEqual([
    [[1, 5]],
    [
      [2, 4],
      [0, 6],
      [1, 7],
    ],
  ]);
});
