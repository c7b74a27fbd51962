import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Movie } from '../../pipeline/ratings/movie.ts';
import { type Catalogue, decodeCatalogue, encodeCatalogue } from '../../pipeline/serving/catalogue.ts';

const genre = fc.constantFrom('Action', 'Comédie', 'Drama', 'Film-Noir', '(no genres listed)');
const movies = fc.uniqueArray(
  fc.record({
    id: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2_147_483_647 })),
    title: fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constant('\ufeffHeat')),
    year: fc.option(
      fc.oneof(fc.integer({ min: 1800, max: 2100 }), fc.integer({ min: -32_768, max: 32_767 })),
    ),
    genres: fc.uniqueArray(genre, { maxLength: 4 }),
    tally: fc.record({
      ratings: fc.integer({ min: 0, max: 2_000_000 }),
      halves: fc.integer({ min: 0, max: 20_000_000 }),
    }),
  }),
  { selector: ({ id }) => id, maxLength: 30 },
);

const moviesIn = (catalogue: Catalogue): Movie[] =>
  Array.from(catalogue.movies.ids, (id, row) => ({
    id,
    title: catalogue.titleOf(row),
    year: catalogue.yearOf(row),
    genres: [...catalogue.genresOf(row)],
  }));

test('every movie comes back as it was, whatever its title, year and genres', () => {
  fc.assert(
    fc.property(movies, (unsorted) => {
      const sorted = unsorted.toSorted((a, b) => a.id - b.id);
      const catalogue = decodeCatalogue(
        encodeCatalogue(
          sorted,
          sorted.map(({ tally }) => tally),
        ),
      );
      expect(moviesIn(catalogue)).toEqual(sorted.map(({ tally: _, ...movie }) => movie));
      expect(catalogue.genres).toEqual([...new Set(sorted.flatMap(({ genres }) => genres))].sort());
      for (const [row, { genres, tally }] of sorted.entries()) {
        expect(catalogue.totalsOf(row)).toEqual(tally);
        const of = catalogue.genres.filter((_, at) => catalogue.isOfGenre(row, at));
        expect(of).toEqual(genres.toSorted());
      }
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('nothing is known of a row that there is not', () => {
  const catalogue = decodeCatalogue(encodeCatalogue([], []));
  expect(catalogue.movies.size).toBe(0);
  expect(catalogue.isOfGenre(0, 0)).toBe(false);
});

test('the bytes are few: an id, a year, genres and a tally take one or two each', () => {
  const many = Array.from({ length: 1000 }, (_, at) => ({
    id: 1 + 3 * at,
    title: 'Heat',
    year: 1995,
    genres: ['Action', 'Crime'],
  }));
  const bytes = encodeCatalogue(
    many,
    many.map(() => ({ ratings: 100, halves: 700 })),
  );
  // 1 id, 1 combination, 1 year, 1 + 2 tally, 1 length of the title and its 4 letters.
  expect(bytes.length - 1000 * 11).toBeLessThan(64);
});

test('a catalogue of another format is refused', () => {
  expect(() => decodeCatalogue(Uint8Array.of(9, 0))).toThrow(
    'the catalogue has format 9, this version reads 1',
  );
});
