import { articleFirst, splitTitle } from './movie-title.ts';

/** A name of a movie as its words, without a leading article. Each word has its parts: `Spider-Man` has `spider` and `man`. */
export type Name = readonly (readonly string[])[];

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Leading articles, which people often leave out of what they type. `die` and `o` are not included because of `Die Hard`. */
const ARTICLES = set('the a an le la l les el los las il lo der das ein eine un une');

/** Words of a query that a title need not have. */
export const STOP_WORDS = set(
  'the a an of and in to for on at by with from is le la les l el los il der das un une de',
);

/** Spellings of numbers. A single I, V or X is more often a letter. */
const NUMBERS = [
  '2 ii two',
  '3 iii three',
  '4 iv four',
  '5 five',
  '6 vi six',
  '7 vii seven',
  '8 viii eight',
  '9 ix nine',
  '10 ten',
  '11 xi eleven',
  '12 xii twelve',
  '13 xiii thirteen',
].map((spellings) => spellings.split(' '));

/** The word and other spellings of a number: `ii`, `2` and `two`. */
export function spellingsOf(word: string): readonly string[] {
  return NUMBERS.find((spellings) => spellings.includes(word)) ?? [word];
}

const PART_WORDS = set('episode part chapter vol volume');
const SINGLE_NUMERALS: Readonly<Record<string, string>> = { i: '1', v: '5', x: '10' };

/** The numbers that a single I, V or X is in a name: after `Episode` or `Part`, and at its end, as in `Rocky V`. */
export function numeralsIn(name: Name): readonly string[] {
  const words = name.flat();
  return words.flatMap((word, at) => {
    const number = SINGLE_NUMERALS[word];
    const before = words[at - 1];
    if (number === undefined || before === undefined) return [];
    return PART_WORDS.has(before) || at === words.length - 1 ? [number] : [];
  });
}

/** The first letter of each word: `bttf` of `Back to the Future`. */
export const initialsOf = (name: Name): string => name.map(([part = '']) => part[0]).join('');

/** Letters that Unicode does not decompose into a base letter and a mark. */
const PLAIN: Readonly<Record<string, string>> = {
  ø: 'o',
  æ: 'ae',
  œ: 'oe',
  ß: 'ss',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ς: 'σ',
};

/** Lower case, without diacritics and apostrophes. What an apostrophe elides is a word: `l avventura`. */
function fold(text: string): string {
  return text
    .replace(/[’‘ʼ`´]/g, "'")
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[øæœßłđðþıς]/g, (letter) => PLAIN[letter] as string)
    .replace(/\ba\.k\.a\./g, ' ')
    .replaceAll('&', ' and ')
    .replace(/(?<!\p{L})(\p{L}{1,2})'(?=\p{L}{3})/gu, '$1 ')
    .replaceAll("'", '');
}

/**
 * The names in a title of MovieLens that have a letter or digit. `Postman, The (Postino, Il)` has two: `postman` and
 * `postino`. A query is parsed the same way.
 */
export function namesOf(title: string): readonly Name[] {
  return splitTitle(title)
    .map((name) => nameOf(fold(name)))
    .filter((name) => name.length > 0);
}

function nameOf(text: string): Name {
  const words = articleFirst(text.trim())
    .split(/\s+/)
    .map((word) => word.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu) ?? [])
    .filter((parts) => parts.length > 0);
  return words.length > 1 && ARTICLES.has(words[0]?.join() as string) ? words.slice(1) : words;
}

/** The name without spaces, so that `Spider-Man`, `Spider Man` and `Spiderman` are equal. */
export function lettersOf(name: Name): string {
  return name.flat().join('');
}
