import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortByUser } from '../../pipeline/ratings/order.ts';
import { vocabularyOf } from '../../pipeline/ratings/vocabulary.ts';
import { decodeSeenRatings, encodeSeenRatings } from '../../pipeline/serving/seen-ratings.ts';
import { type Row, ratingsOf, someRows } from '../ratings/some-ratings.ts';

const uniqueRows = someRows.map((rows): readonly Row[] => [
  ...new Map(rows.map((row) => [`${row[0]} ${row[1]}`, row])).values(),
]);

const UNLEARNED = vocabularyOf(Int32Array.of(2, 6));
const NOBODY = vocabularyOf(Int32Array.of());

test('what each user has rated comes back, by movie, without movies the catalogue lacks', () => {
  fc.assert(
    fc.property(uniqueRows, fc.uniqueArray(fc.integer({ min: 1, max: 6 })), (rows, ids) => {
      const movies = vocabularyOf(Int32Array.from([...ids, 2_147_483_647]));
      const seen = decodeSeenRatings(
        encodeSeenRatings(sortByUser(ratingsOf(rows)), movies, UNLEARNED),
        movies,
      );
      for (const user of [1, 2, 3, 4, 5, 6, 7, 2_147_483_647]) {
        const expected = rows
          .filter(([userId, movieId]) => userId === user && movies.rowOf(movieId) >= 0)
          .map(([, movieId, halves]) => ({ movieId, stars: halves / 2 }))
          .toSorted((a, b) => a.movieId - b.movieId);
        expect(seen.ratingsOf(user)).toEqual(expected);
        expect(seen.hasUnlearned(user)).toBe(UNLEARNED.rowOf(user) >= 0);
      }
      expect([...seen.users.ids]).toEqual([...new Set(rows.map(([user]) => user))].sort((a, b) => a - b));
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('a rating takes a byte and a half', () => {
  const rows = Array.from({ length: 4000 }, (_, at): Row => [1 + (at % 40), 1 + Math.floor(at / 40), 7, 1]);
  const ratings = sortByUser(ratingsOf(rows));
  const bytes = encodeSeenRatings(ratings, vocabularyOf(ratings.movieIds), NOBODY);
  // By user: its id, the size of its list in two bytes and its count; by list: 100 distances and 50 pairs.
  expect(bytes.length - 40 * (1 + 2 + 1 + 150)).toBeLessThan(8);
});

test('lists of another format, and lists that are cut short, are refused', () => {
  const movies = vocabularyOf(Int32Array.of(1, 2, 3));
  const bytes = encodeSeenRatings(
    ratingsOf([
      [1, 1, 7, 1],
      [2, 3, 10, 1],
    ]),
    movies,
    UNLEARNED,
  );
  expect(() => decodeSeenRatings(Uint8Array.of(7), movies)).toThrow(
    'the ratings have format 7, this version reads 2',
  );
  for (let length = 0; length < bytes.length; length++) {
    expect(() => decodeSeenRatings(bytes.subarray(0, length), movies)).toThrow(RangeError);
  }
});
