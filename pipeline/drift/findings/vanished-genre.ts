import type { FoundPattern } from './finding.ts';

/** A genre with fewer ratings to expect may be missing by chance. */
const MIN_EXPECTED = 50;
const SHARE_LEFT = 0.1;

/** The most common genre of which less than a tenth of the ratings to expect is left. */
export function vanishedGenre(
  names: readonly string[],
  window: Float64Array,
  reference: Float64Array,
  sizes: { readonly window: number; readonly reference: number },
): FoundPattern | null {
  const [found] = names
    .map((name, column) => ({
      name,
      left: window[column] as number,
      expected: ((reference[column] as number) / sizes.reference) * sizes.window,
    }))
    .filter(({ left, expected }) => expected >= MIN_EXPECTED && left < SHARE_LEFT * expected)
    .sort((a, b) => b.expected - a.expected);
  if (found === undefined) return null;
  return {
    kind: 'vanished-genre',
    of: 'genre',
    who: [found.name],
    count: 1,
    ratings: found.left,
    share: found.left / sizes.window,
    text: `One genre has ${found.left} ratings. Its share in the training data lets expect ${Math.round(found.expected)}.`,
    leftOut: null,
  };
}
