import { cut, namesOf, STOP_WORDS } from './search-words.ts';

/** No title is longer. What a query has beyond is not looked at. */
const LONGEST_QUERY = 400;
const MOST_WORDS = 16;
/** Of the movies: 1870 to 2099. */
const YEAR = /^(18[7-9]|19\d|20\d)\d$/;

export interface QueryWord {
  readonly text: string;
  /** What a title may have in its place: `spiderman` for `spider` in `spider man`. */
  readonly joined: readonly string[];
  /** As one types, it may not be finished. */
  readonly isLast: boolean;
}

export interface Query {
  /** What a title should have, without stop words, each once. There is at least one. */
  readonly wanted: readonly QueryWord[];
  /** The first word, be it wanted or not. */
  readonly first: QueryWord;
  readonly year: number | null;
  /** The query without spaces, to be compared with a name; and without its year. */
  readonly letters: string;
  readonly lettersWithoutYear: string;
}

/**
 * Takes a query apart as a title is.
 *
 * @param isKnown whether a title has the word.
 * @returns null when there is no letter and no digit.
 */
export function parseQuery(text: string, isKnown: (word: string) => boolean): Query | null {
  const [name, ...others] = namesOf(text.slice(0, LONGEST_QUERY));
  if (name === undefined) return null;
  const texts = name.chunks.flatMap(({ parts }) => parts);
  const chunks = name.chunks.flatMap(({ parts }) => parts.map(() => parts));
  // A word that comes again asks for nothing more.
  const words = new Map<string, QueryWord>();
  for (const [at, word] of texts.entries()) {
    const [before = '', after = ''] = [texts[at - 1], texts[at + 1]];
    const joined = new Set([before + word, word + after, chunks[at]?.join('') ?? ''].map(cut));
    joined.delete(word);
    if (!words.has(word))
      words.set(word, { text: word, joined: [...joined], isLast: at === texts.length - 1 });
  }
  const first = words.get(texts[0] as string) as QueryWord;

  // heat 1995, heat (1995) and 1995 heat name a year. Alone it may be a title as well: 1984.
  const yearAt = texts.length > 1 ? texts.findLastIndex((word) => YEAR.test(word)) : -1;
  const yearBehind = others.find(({ letters }) => YEAR.test(letters))?.letters;
  const year = texts[yearAt] ?? yearBehind ?? (YEAR.test(name.letters) ? name.letters : null);
  const isMinor = (word: string): boolean =>
    word === texts[yearAt] ||
    STOP_WORDS.has(word) ||
    (!isKnown(word) && exchanged(word).some((other) => STOP_WORDS.has(other)));
  const wanted = [...words.values()].filter((word) => !isMinor(word.text));
  return {
    wanted: (wanted.length > 0 ? wanted : [...words.values()]).slice(0, MOST_WORDS),
    first,
    year: year === null ? null : Number(year),
    letters: name.letters,
    lettersWithoutYear: texts.filter((_, at) => at !== yearAt).join(''),
  };
}

/** A short word with two neighbouring letters exchanged, which is what its typos mostly are: `teh`. */
export function exchanged(word: string): readonly string[] {
  if (word.length < 2 || word.length > 3) return [];
  return Array.from(
    { length: word.length - 1 },
    (_, at) => word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2),
  );
}
