import { expect, test } from 'vitest';
import {
  completedLinks,
  imdbText,
  linksField,
  readImdbId,
  readTmdbId,
} from '../../pipeline/ratings/movie-links.ts';

test.each<[text: string, imdb: number | null | 'damaged', tmdb: number | null | 'damaged']>([
  ['tt0114709', 114_709, 'damaged'],
  ['TT0114709', 114_709, 'damaged'],
  ['0114709', 114_709, 114_709],
  [' 862 ', 862, 862],
  ['862.0', 862, 862],
  ['tt10872600', 10_872_600, 'damaged'],
  ['', null, null],
  ['  ', null, null],
  ['0', 'damaged', 'damaged'],
  ['-5', 'damaged', 'damaged'],
  ['862.5', 'damaged', 'damaged'],
  ['2147483648', 'damaged', 'damaged'],
  ['nm0000158', 'damaged', 'damaged'],
])('%j as an id of IMDb and of TMDB', (text, imdb, tmdb) => {
  expect([readImdbId(text), readTmdbId(text)]).toEqual([imdb, tmdb]);
});

test('an IMDb id has seven digits or more', () => {
  expect([114_709, 10_872_600, 1].map(imdbText)).toEqual(['tt0114709', 'tt10872600', 'tt0000001']);
});

test('an unknown link replaces none, and no links are no field', () => {
  const before = { imdb: 1, tmdb: 2 };
  expect(completedLinks({ imdb: null, tmdb: 3 }, before)).toEqual({ links: { imdb: 1, tmdb: 3 } });
  expect(completedLinks(undefined, before)).toEqual({ links: before });
  expect(completedLinks(undefined, undefined)).toEqual({});
  expect(linksField({ imdb: null, tmdb: null })).toEqual({});
});
