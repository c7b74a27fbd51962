/** Longer words are cut, in titles and in queries. */
export const MAX_WORD_LENGTH = 64;

/** Part of a title between two spaces. `Spider-Man` has the parts `spider` and `man`. */
export interface Chunk {
  readonly parts: readonly string[];
  /** The word after an elided article: `avventura` in `L'Avventura`. Null without one. */
  readonly elided: string | null;
}

/** A name of a movie, without a leading article. */
export interface Name {
  readonly chunks: readonly Chunk[];
  /** All parts without spaces, so that `Spider-Man`, `Spider Man` and `Spiderman` are equal. */
  readonly letters: string;
}

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Leading articles, which people often leave out. `die` and `o` are not included because of `Die Hard`. */
const ARTICLES = set('the a an le la les el los las il lo der das ein eine un une');
/** MovieLens also moves these articles behind a comma. They are moved back to the front. */
const OTHER_ARTICLES = set('die den de det i o os as het');

/** Words of a query that a title need not have. */
export const STOP_WORDS = set(
  'the a an of and in to for on at by with from is le la les l el los il der das un une de',
);

/** Spellings of numbers. A single I, V or X is more often a letter. */
const NUMBERS = [
  set('2 ii two'),
  set('3 iii three'),
  set('4 iv four'),
  set('5 five'),
  set('6 vi six'),
  set('7 vii seven'),
  set('8 viii eight'),
  set('9 ix nine'),
  set('10 ten'),
  set('11 xi eleven'),
  set('12 xii twelve'),
  set('13 xiii thirteen'),
];
const SPELLINGS = new Map(NUMBERS.flatMap((number) => [...number].map((word) => [word, number])));

/** Other spellings of a number: `2` and `two` for `ii`. */
export function otherSpellings(word: string): readonly string[] {
  return [...(SPELLINGS.get(word) ?? [])].filter((spelling) => spelling !== word);
}

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

/** Lower case, without diacritics, with one kind of apostrophe. */
function fold(text: string): string {
  return text
    .replace(/[’‘ʼ`´]/g, "'")
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[øæœßłđðþıς]/g, (letter) => PLAIN[letter] as string)
    .replace(/\ba\.k\.a\./g, ' ')
    .replaceAll('&', ' and ');
}

/**
 * The names in a title of MovieLens that have a letter or digit. `Postman, The (Postino, Il)` has two: `postman` and
 * `postino`. A query is parsed the same way.
 */
export function namesOf(title: string): readonly Name[] {
  const others: string[] = [];
  let rest = fold(title).trim();
  // (500) Days of Summer: brackets at the start are not another name.
  for (let open = rest.lastIndexOf('('); open > 0 && rest.endsWith(')'); open = rest.lastIndexOf('(')) {
    others.unshift(rest.slice(open + 1, -1));
    rest = rest.slice(0, open).trim();
  }
  return [rest, ...others].map(nameOf).filter((name) => name.letters !== '');
}

function nameOf(text: string): Name {
  const chunks = articleFirst(text.trim())
    .split(/\s+/)
    .map(chunkOf)
    .filter((chunk) => chunk.parts.length > 0);
  const [first] = chunks;
  if (chunks.length > 1 && first?.parts.length === 1 && ARTICLES.has(first.parts[0] as string))
    chunks.shift();
  return { chunks, letters: chunks.flatMap((chunk) => chunk.parts).join('') };
}

/** `Matrix, The` becomes The Matrix, and `Avventura, L'` becomes L'Avventura. */
function articleFirst(name: string): string {
  const comma = name.lastIndexOf(',');
  if (comma < 1) return name;
  const [rest, last] = [name.slice(0, comma), name.slice(comma + 1).trim()];
  if (/^\p{L}{1,2}'$/u.test(last)) return last + rest;
  return ARTICLES.has(last) || OTHER_ARTICLES.has(last) ? `${last} ${rest}` : name;
}

function chunkOf(text: string): Chunk {
  const parts = text.replaceAll("'", '').match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu) ?? [];
  const elided = /^\p{L}{1,2}'(\p{L}{3,})$/u.exec(text)?.[1];
  return { parts: parts.map(cut), elided: elided === undefined ? null : cut(elided) };
}

export function cut(word: string): string {
  return word.slice(0, MAX_WORD_LENGTH);
}
