import { visitNearWords } from './near-words.ts';
import type { Dictionary } from './search-dictionary.ts';
import { exchanged, type QueryWord } from './search-query.ts';
import { STOP_WORDS } from './search-words.ts';

/** How well a movie has a word of a query; 0 where it has it not at all. */
export const FIT = { typoInBeginning: 1, typo: 2, beginning: 3, same: 4 } as const;
export type Fit = (typeof FIT)[keyof typeof FIT];

/** A shorter word's beginnings with a typo are those of too many words. */
const SHORTEST_BEGINNING = 5;

/**
 * Raises the fit of each movie that has a word, or one like it.
 *
 * @param hasTypos whether words are taken that differ in a letter or two.
 * @param fit one for each row.
 */
export function fitWord(dictionary: Dictionary, word: QueryWord, hasTypos: boolean, fit: Uint8Array): void {
  const { text, joined, isLast } = word;
  const take = (position: number, worth: Fit): void =>
    dictionary.forEachRow(position, (row) => {
      if ((fit[row] as number) < worth) fit[row] = worth;
    });
  const takeSame = (same: string, worth: Fit): void => {
    const position = dictionary.find(same);
    if (position >= 0) take(position, worth);
  };
  takeSame(text, FIT.same);
  for (const other of joined) takeSame(other, FIT.same);
  if (isLast) {
    const [from, to] = dictionary.startingWith(text);
    for (let position = from; position < to; position++) take(position, FIT.beginning);
  }
  if (dictionary.find(text) < 0) takeApart(dictionary, text, fit);
  if (!hasTypos) return;
  for (const other of exchanged(text)) takeSame(other, FIT.typo);
  const edits = editsIn(text);
  if (edits === 0) return;
  const editsInBeginning = isLast && text.length >= SHORTEST_BEGINNING ? 1 : -1;
  visitNearWords(dictionary, text, edits, editsInBeginning, (position, isWhole) =>
    take(position, isWhole ? FIT.typo : FIT.typoInBeginning),
  );
}

/** How many letters may be wrong. A number with another digit is another number. */
function editsIn(word: string): 0 | 1 | 2 {
  if (word.length < 4 || /^\p{N}+$/u.test(word)) return 0;
  return word.length < 8 ? 1 : 2;
}

/** `starwars`: finds the movies that have both words. */
function takeApart(dictionary: Dictionary, word: string, fit: Uint8Array): void {
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
