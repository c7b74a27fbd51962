import { articleFirst } from '../ratings/movie-title.ts';

/**
 * A title and a year as one key, which is the same for the usual spellings of one movie: `Matrix, The` and `The Matrix`,
 * with and without accents, punctuation, `&`, and a second title in parentheses.
 */
export function titleKey(title: string, year: number): string {
  const plain = articleFirst(title.replaceAll(/\s*\([^)]*\)/g, '').trim())
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll('&', ' and ')
    .replaceAll(/['’`]/g, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  return `${plain === '' ? title.trim().toLowerCase() : plain} ${year}`;
}
