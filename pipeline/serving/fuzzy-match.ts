import type { Dictionary } from './search-dictionary.ts';
import { MAX_WORD_LENGTH } from './search-words.ts';

/** More edits than any limit. */
const FAR = 100;
const costs = new Uint8Array((MAX_WORD_LENGTH + 1) * (MAX_WORD_LENGTH + 2));
const wanted = new Uint16Array(MAX_WORD_LENGTH);

/**
 * Visits the words of a dictionary within `limit` edits of a word. An edit is one letter more, less or different, or two
 * neighbours swapped (optimal string alignment, doi:10.1145/363958.363994). It also visits longer words with a prefix
 * within `prefixLimit` edits, with `isWhole` false. `prefixLimit` is at most `limit`.
 *
 * The words are in alphabetical order, so the rows of the edit table stay valid for the letters that the next word
 * shares. When all cells of a row exceed the limit, all words with these letters are skipped.
 */
export function visitFuzzyMatches(
  { size, letters, starts, shared }: Dictionary,
  word: string,
  limit: number,
  prefixLimit: number,
  visit: (position: number, isWhole: boolean) => void,
): void {
  const length = word.length;
  const width = length + 2;
  for (let at = 0; at < length; at++) wanted[at] = word.charCodeAt(at);
  // Row d: edits between the first d letters of the dictionary's word and each prefix of the wanted word.
  // Cells further from the diagonal than `limit` exceed the limit and are not computed.
  for (let column = 0; column <= length; column++) costs[column] = column;
  costs[length + 1] = FAR;
  let known = 0;
  let exceeded = FAR;
  let prefixAt = FAR;
  for (let position = 0; position < size; position++) {
    const kept = shared[position] as number;
    if (prefixAt > kept) prefixAt = FAR;
    if (exceeded > kept) {
      exceeded = FAR;
      if (known > kept) known = kept;
      const start = starts[position] as number;
      const letterCount = (starts[position + 1] as number) - start;
      while (known < letterCount && exceeded === FAR) {
        known++;
        const row = known * width;
        const above = row - width;
        const letter = letters[start + known - 1] as number;
        const letterBefore = known > 1 ? (letters[start + known - 2] as number) : -1;
        const first = Math.max(1, known - limit);
        const last = Math.min(length, known + limit);
        let least = first === 1 ? known : FAR;
        costs[row + first - 1] = least;
        for (let column = first; column <= last; column++) {
          const isSame = letter === (wanted[column - 1] as number);
          let cost = (costs[above + column - 1] as number) + (isSame ? 0 : 1);
          cost = Math.min(
            cost,
            (costs[above + column] as number) + 1,
            (costs[row + column - 1] as number) + 1,
          );
          if (column > 1 && letter === wanted[column - 2] && letterBefore === wanted[column - 1]) {
            cost = Math.min(cost, (costs[above - width + column - 2] as number) + 1);
          }
          costs[row + column] = cost;
          if (cost < least) least = cost;
        }
        if (last < length) costs[row + last + 1] = FAR;
        if (least > limit) exceeded = known;
        else if (prefixAt === FAR && last === length && (costs[row + length] as number) <= prefixLimit) {
          prefixAt = known;
        }
      }
      if (exceeded === FAR && letterCount >= length - limit && letterCount <= length + limit) {
        if ((costs[letterCount * width + length] as number) <= limit) {
          visit(position, true);
          continue;
        }
      }
    }
    if (prefixAt !== FAR) visit(position, false);
  }
}
