import { diff } from 'node:util';

/**
 * The word that was probably meant: one that begins with `word`, or the one with the fewest inserted or deleted letters
 * (Myers' difference), if these are less than a third of the letters of both words.
 *
 * @returns null when no word is near enough.
 */
export function nearestWord(word: string, words: readonly string[]): string | null {
  const longer = words.find((each) => word.length > 2 && each.startsWith(word));
  if (longer !== undefined) return longer;
  let nearest: string | null = null;
  let fewest = Number.POSITIVE_INFINITY;
  for (const each of words) {
    const edits = diff(word.toLowerCase(), each.toLowerCase()).filter(([change]) => change !== 0).length;
    if (edits < fewest && edits < (word.length + each.length) / 3) [nearest, fewest] = [each, edits];
  }
  return nearest;
}
