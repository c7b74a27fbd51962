const ARTICLE_LAST = /^(.*), (the|a|an|le|la|les|l'|il|lo|el|los|las|der|die|das|den|det|de)$/;

/**
 * A title and a year as one key, which is the same for the usual spellings of one movie: `Matrix, The` and `The Matrix`,
 * with and without accents, punctuation, `&`, and a second title in parentheses.
 */
export function titleKey(title: string, year: number): string {
  const plain = title
    .replaceAll(/\s*\([^)]*\)/g, '')
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .trim()
    .replace(ARTICLE_LAST, (_, rest: string, article: string) => `${article} ${rest}`)
    .replaceAll('&', ' and ')
    .replaceAll(/['’`]/g, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  return `${plain === '' ? title.trim().toLowerCase() : plain} ${year}`;
}
