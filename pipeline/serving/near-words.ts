import type { Dictionary } from './search-dictionary.ts';
import { LONGEST_WORD } from './search-words.ts';

/** More edits than are ever allowed. */
const FAR = 100;
const costs = new Uint8Array((LONGEST_WORD + 1) * (LONGEST_WORD + 2));
const wanted = new Uint16Array(LONGEST_WORD);

/**
 * Visits the words of a dictionary within `limit` edits of a word: a letter more, less, another, or two
 * neighbours exchanged (optimal string alignment, doi:10.1145/363958.363994), and, told apart, longer words whose
 * beginning is within `beginningLimit`, which is no larger.
 *
 * The words are in alphabetical order, so the table of edits of one keeps its rows for the letters it shares
 * with the next, and once a row has no way on, all words with those letters are passed over.
 */
export function visitNearWords(
  { size, letters, starts, shared }: Dictionary,
  word: string,
  limit: number,
  beginningLimit: number,
  visit: (position: number, isWhole: boolean) => void,
): void {
  const length = word.length;
  const width = length + 2;
  for (let at = 0; at < length; at++) wanted[at] = word.charCodeAt(at);
  // Row d: edits between the first d letters of the dictionary's word and each beginning of the wanted one.
  // Cells further from the diagonal than `limit` are never small enough, and not computed.
  for (let column = 0; column <= length; column++) costs[column] = column;
  costs[length + 1] = FAR;
  let known = 0;
  let hopeless = FAR;
  let begins = FAR;
  for (let position = 0; position < size; position++) {
    const kept = shared[position] as number;
    if (begins > kept) begins = FAR;
    if (hopeless > kept) {
      hopeless = FAR;
      if (known > kept) known = kept;
      const start = starts[position] as number;
      const letterCount = (starts[position + 1] as number) - start;
      while (known < letterCount && hopeless === FAR) {
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
        if (least > limit) hopeless = known;
        else if (begins === FAR && last === length && (costs[row + length] as number) <= beginningLimit) {
          begins = known;
        }
      }
      if (hopeless === FAR && letterCount >= length - limit && letterCount <= length + limit) {
        if ((costs[letterCount * width + length] as number) <= limit) {
          visit(position, true);
          continue;
        }
      }
    }
    if (begins !== FAR) visit(position, false);
  }
}
