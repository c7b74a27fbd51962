import { visitFuzzyMatches } from './fuzzy-match.ts';
import type { Dictionary } from './search-dictionary.ts';
import { type QueryWord, swapped } from './search-query.ts';
import { STOP_WORDS } from './search-words.ts';

/** How well a movie matches a word of a query. 0 is no match. */
export const FIT = { typoInPrefix: 1, typo: 2, prefix: 3, same: 4 } as const;
export type Fit = (typeof FIT)[keyof typeof FIT];

/** Shorter prefixes with a typo match too many words. */
const MIN_FUZZY_PREFIX = 5;

/**
 * Raises the fit of each movie that has the word or a similar one.
 *
 * @param allowsTypos whether words that differ in one or two letters match.
 * @param fit one for each row.
 */
export function fitWord(
  dictionary: Dictionary,
  word: QueryWord,
  allowsTypos: boolean,
  fit: Uint8Array,
): void {
  const { text, joined, isLast } = word;
  const match = (position: number, worth: Fit): void =>
    dictionary.forEachRow(position, (row) => {
      if ((fit[row] as number) < worth) fit[row] = worth;
    });
  const matchSame = (same: string, worth: Fit): void => {
    const position = dictionary.find(same);
    if (position >= 0) match(position, worth);
  };
  matchSame(text, FIT.same);
  for (const other of joined) matchSame(other, FIT.same);
  if (isLast) {
    const [from, to] = dictionary.withPrefix(text);
    for (let position = from; position < to; position++) match(position, FIT.prefix);
  }
  if (dictionary.find(text) < 0) matchSplit(dictionary, text, fit);
  if (!allowsTypos) return;
  for (const other of swapped(text)) matchSame(other, FIT.typo);
  const edits = editsIn(text);
  if (edits === 0) return;
  const editsInPrefix = isLast && text.length >= MIN_FUZZY_PREFIX ? 1 : -1;
  visitFuzzyMatches(dictionary, text, edits, editsInPrefix, (position, isWhole) =>
    match(position, isWhole ? FIT.typo : FIT.typoInPrefix),
  );
}

/** How many letters may be wrong. A number must match exactly. */
function editsIn(word: string): 0 | 1 | 2 {
  if (word.length < 4 || /^\p{N}+$/u.test(word)) return 0;
  return word.length < 8 ? 1 : 2;
}

/** Splits `starwars` into two words and matches the movies that have both. */
function matchSplit(dictionary: Dictionary, word: string, fit: Uint8Array): void {
  for (let cut = 2; cut <= word.length - 2; cut++) {
    const [left, right] = [word.slice(0, cut), word.slice(cut)];
    const second = dictionary.find(right);
    if (second < 0) continue;
    const first = dictionary.find(left);
    const rows = new Set<number>();
    if (first >= 0) dictionary.forEachRow(first, (row) => rows.add(row));
    const isEnough = STOP_WORDS.has(left);
    dictionary.forEachRow(second, (row) => {
      if (isEnough || rows.has(row)) fit[row] = FIT.same;
    });
  }
}
