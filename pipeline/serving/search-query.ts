import { lettersOf, namesOf, STOP_WORDS, spellingsOf } from '../ratings/title-words.ts';

/** No title is longer. The rest of a longer query is ignored. */
const MAX_QUERY_LENGTH = 400;
const MAX_WORDS = 16;
/** 1870 to 2099. */
const YEAR = /^(18[7-9]|19\d|20\d)\d$/;

export interface QueryWord {
  readonly text: string;
  /** A title may have any of these: the word, another spelling, and `spiderman` for `spider` in `spider man`. */
  readonly same: readonly string[];
  /** The last word may be incomplete, because the user is still typing. */
  readonly isLast: boolean;
}

export interface Query {
  /** The words that a title should have: without stop words, each once, at least one. */
  readonly wanted: readonly QueryWord[];
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
  const texts = name.flat();
  const wholes = name.flatMap((parts) => parts.map(() => parts.join('')));
  const words = texts.map((word, at) => ({
    text: word,
    same: [
      ...new Set([
        ...spellingsOf(word),
        (texts[at - 1] ?? '') + word,
        word + (texts[at + 1] ?? ''),
        wholes[at] as string,
      ]),
    ],
    isLast: at === texts.length - 1,
  }));

  // heat 1995, heat (1995) and 1995 heat have a year. A year alone may also be a title: 1984.
  const letters = lettersOf(name);
  const yearAt = texts.length > 1 ? texts.findLastIndex((word) => YEAR.test(word)) : -1;
  const year = [texts[yearAt] ?? '', ...others.map(lettersOf), letters].find((word) => YEAR.test(word));
  const isMinor = (word: string): boolean =>
    word === texts[yearAt] ||
    STOP_WORDS.has(word) ||
    (word.length <= 3 && swapped(word).some((other) => STOP_WORDS.has(other)) && !isKnown(word));
  // A repeated word adds nothing.
  const unique = words.filter((word) => texts.indexOf(word.text) === words.indexOf(word));
  const wanted = unique.filter((word) => !isMinor(word.text));
  return {
    wanted: (wanted.length > 0 ? wanted : unique).slice(0, MAX_WORDS),
    year: year === undefined ? null : Number(year),
    letters,
    lettersWithoutYear: texts.filter((_, at) => at !== yearAt).join(''),
  };
}

/** The word with two neighbouring letters swapped, in all ways: `the` for `teh`. */
export function swapped(word: string): readonly string[] {
  return Array.from(
    { length: word.length - 1 },
    (_, at) => word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2),
  );
}
