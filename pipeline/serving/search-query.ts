import { cut, namesOf, STOP_WORDS } from './search-words.ts';

/** No title is longer. The rest of a longer query is ignored. */
const MAX_QUERY_LENGTH = 400;
const MAX_WORDS = 16;
/** 1870 to 2099. */
const YEAR = /^(18[7-9]|19\d|20\d)\d$/;

export interface QueryWord {
  readonly text: string;
  /** A title may have these words instead: `spiderman` for `spider` in `spider man`. */
  readonly joined: readonly string[];
  /** The last word may be incomplete, because the user is still typing. */
  readonly isLast: boolean;
}

export interface Query {
  /** The words that a title should have: without stop words, each once, at least one. */
  readonly wanted: readonly QueryWord[];
  /** The first word, also when it is a stop word. */
  readonly first: QueryWord;
  readonly year: number | null;
  /** The query without spaces, to compare with a name; and the same without the year. */
  readonly letters: string;
  readonly lettersWithoutYear: string;
}

/**
 * Parses a query like a title.
 *
 * @param isKnown whether any title has the word.
 * @returns null for a query without letters and digits.
 */
export function parseQuery(text: string, isKnown: (word: string) => boolean): Query | null {
  const [name, ...others] = namesOf(text.slice(0, MAX_QUERY_LENGTH));
  if (name === undefined) return null;
  const texts = name.chunks.flatMap(({ parts }) => parts);
  const chunks = name.chunks.flatMap(({ parts }) => parts.map(() => parts));
  // A repeated word adds nothing.
  const words = new Map<string, QueryWord>();
  for (const [at, word] of texts.entries()) {
    const [before = '', after = ''] = [texts[at - 1], texts[at + 1]];
    const joined = new Set([before + word, word + after, chunks[at]?.join('') ?? ''].map(cut));
    joined.delete(word);
    if (!words.has(word))
      words.set(word, { text: word, joined: [...joined], isLast: at === texts.length - 1 });
  }
  const first = words.get(texts[0] as string) as QueryWord;

  // heat 1995, heat (1995) and 1995 heat have a year. A year alone may also be a title: 1984.
  const yearAt = texts.length > 1 ? texts.findLastIndex((word) => YEAR.test(word)) : -1;
  const yearInBrackets = others.find(({ letters }) => YEAR.test(letters))?.letters;
  const year = texts[yearAt] ?? yearInBrackets ?? (YEAR.test(name.letters) ? name.letters : null);
  const isMinor = (word: string): boolean =>
    word === texts[yearAt] ||
    STOP_WORDS.has(word) ||
    (!isKnown(word) && swapped(word).some((other) => STOP_WORDS.has(other)));
  const wanted = [...words.values()].filter((word) => !isMinor(word.text));
  return {
    wanted: (wanted.length > 0 ? wanted : [...words.values()]).slice(0, MAX_WORDS),
    first,
    year: year === null ? null : Number(year),
    letters: name.letters,
    lettersWithoutYear: texts.filter((_, at) => at !== yearAt).join(''),
  };
}

/** A short word with two neighbouring letters swapped, the most common typo of short words: `teh`. */
export function swapped(word: string): readonly string[] {
  if (word.length < 2 || word.length > 3) return [];
  return Array.from(
    { length: word.length - 1 },
    (_, at) => word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2),
  );
}
