import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linksField } from '../../pipeline/ratings/movie-links.ts';
import { MAX_ID } from '../../pipeline/ratings/validate.ts';
import { decodeLinks, encodeLinks } from '../../pipeline/serving/served-links.ts';

const number = fc.option(fc.integer({ min: 1, max: MAX_ID }), { nil: null });

test('links are read back, and each number leads to the first movie that has it', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ imdb: number, tmdb: number }), { maxLength: 50 }), (all) => {
      const { linksOf, rowOf } = decodeLinks(encodeLinks(all.map(linksField)), all.length);
      expect(all.map((_, row) => linksOf(row))).toEqual(all);
      for (const catalogue of ['imdb', 'tmdb'] as const) {
        for (const links of all) {
          const value = links[catalogue];
          if (value !== null)
            expect(rowOf(catalogue, value)).toBe(all.findIndex((other) => other[catalogue] === value));
        }
        expect(rowOf(catalogue, 0)).toBe(-1);
      }
    }),
    { seed: 1 },
  );
});

test('ten thousand movies take at most eight bytes each', () => {
  const movies = Array.from({ length: 10_000 }, (_, at) => ({
    links: { imdb: 100_000 + 700 * at, tmdb: 1 + 60 * at },
  }));
  expect(encodeLinks(movies).length).toBeLessThan(80_000);
});

test('damaged bytes are refused', () => {
  const bytes = encodeLinks([{ links: { imdb: 114_709, tmdb: 862 } }]);
  expect(() => decodeLinks(bytes, 2)).toThrow(RangeError);
  expect(() => decodeLinks(bytes, 0)).toThrow('the links do not have the expected length');
  expect(() => decodeLinks(Uint8Array.of(9), 0)).toThrow('the links have format 9, this version reads 1');
});
