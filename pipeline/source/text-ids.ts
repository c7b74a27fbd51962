import { isName, type SourceNames } from '../ratings/id-names.ts';
import type { RawRatings } from '../ratings/raw.ts';
import { isId } from '../ratings/validate.ts';
import type { SourceFiles } from './locate.ts';
import type { TextColumn, TextIds } from './polars-columns.ts';
import { readTextIds } from './read-ratings.ts';

/**
 * How the ids of a source are read. `numbers`: whole numbers of 31 bits, anything else is no id. `text`: any text that
 * can be a name. `auto`: as numbers, unless most rows have an id that is something else.
 */
export const ID_READINGS = ['auto', 'numbers', 'text'] as const;
export type IdReading = (typeof ID_READINGS)[number];

/** A larger share of rows with ids that are no numbers is no damage: the ids are texts. */
const TEXT_SHARE = 0.5;

/** The files of a source. */
type Parts = SourceFiles['parts'];

/**
 * The ids of a source as texts, when most of them are no numbers; otherwise null. The files are read once more only when
 * numbers were not enough.
 *
 * @param raw the source, read as numbers.
 */
export async function textsUnlessNumbers(parts: Parts, raw: RawRatings): Promise<TextIds | null> {
  if (mostAreNumbers(raw)) return null;
  const texts = await readTexts(parts, raw);
  const [isUserText, isMovieText] = [texts.users, texts.movies].map((column) =>
    Uint8Array.from(column.texts, (text) => Number(isOtherName(text))),
  ) as [Uint8Array, Uint8Array];
  const { users, movies } = texts;
  const isText = (row: number): boolean =>
    isUserText[users.codes[row] as number] === 1 || isMovieText[movies.codes[row] as number] === 1;
  return shareOf(raw.length, isText) > TEXT_SHARE ? texts : null;
}

/** Whether at least half of the rows have numbers as ids. No more rows are looked at than it takes to know. */
function mostAreNumbers(raw: RawRatings): boolean {
  const needed = (1 - TEXT_SHARE) * raw.length;
  let numbers = 0;
  for (let row = 0; row < raw.length && numbers < needed; row++) if (isNumbered(raw, row)) numbers++;
  return numbers >= needed;
}

/** The ids of all files of a source, by the rows of `raw`. */
export async function readTexts(parts: Parts, raw: RawRatings): Promise<TextIds> {
  const all: TextIds[] = [];
  for (const { file, shape } of parts) all.push(await readTextIds(file, shape));
  const starts = raw.parts?.map(({ from }) => from) ?? [0];
  const lengths = starts.map((from, index) => (starts[index + 1] ?? raw.length) - from);
  const joined = (column: (ids: TextIds) => TextColumn): TextColumn => joinTexts(all.map(column), lengths);
  return { users: joined(({ users }) => users), movies: joined(({ movies }) => movies) };
}

/** The columns of several parts as one, without the blank rows after each. */
function joinTexts(columns: readonly TextColumn[], lengths: readonly number[]): TextColumn {
  const codes = new Uint32Array(lengths.reduce((sum, length) => sum + length, 0));
  const texts: string[] = [];
  let at = 0;
  for (const [index, column] of columns.entries()) {
    const first = texts.length;
    const rows = column.codes.subarray(0, lengths[index]);
    codes.set(
      rows.map((code) => code + first),
      at,
    );
    at += rows.length;
    for (const text of column.texts) texts.push(text);
  }
  return { texts, codes };
}

const isNumbered = ({ userIds, movieIds }: RawRatings, row: number): boolean =>
  isId(userIds[row] as number) && isId(movieIds[row] as number);

function shareOf(rows: number, isCounted: (row: number) => boolean): number {
  let counted = 0;
  for (let row = 0; row < rows; row++) if (isCounted(row)) counted++;
  return counted / Math.max(1, rows);
}

/** A text that is a name and neither a number of 31 bits nor a negative or fractional one, which is damaged. */
function isOtherName(text: string): boolean {
  const name = nameOf(text);
  if (name === null) return false;
  const number = Number(name);
  return Number.isNaN(number) || (Number.isInteger(number) && number >= 0 && !isId(number));
}

/** Names numbered from 0: numbers by size, then the others in the order of their characters. */
export interface Numbering {
  readonly names: readonly string[];
  /** NaN for what is no name, or one that is not among them. */
  readonly idOf: (text: string) => number;
  /** The id of a text. A new name gets the next number; what is no name gets null. */
  readonly add: (text: string) => number | null;
}

/** Numbers all names of some columns, so that the order of rows and files changes nothing. */
export function numbering(columns: readonly TextColumn[]): Numbering {
  const distinct = new Set<string>();
  for (const { texts } of columns) {
    for (const text of texts) {
      const name = nameOf(text);
      if (name !== null) distinct.add(name);
    }
  }
  const numbers: { readonly name: string; readonly value: number }[] = [];
  const others: string[] = [];
  for (const name of distinct) {
    const value = Number(name);
    if (Number.isNaN(value)) others.push(name);
    else numbers.push({ name, value });
  }
  numbers.sort((a, b) => a.value - b.value || (a.name < b.name ? -1 : 1));
  const names = [...numbers.map(({ name }) => name), ...others.sort()];
  const ids = new Map(names.map((name, id) => [name, id]));
  return {
    names,
    idOf: (text) => ids.get(nameOf(text) ?? '') ?? Number.NaN,
    add(text) {
      const name = nameOf(text);
      if (name === null) return null;
      const known = ids.get(name);
      if (known !== undefined) return known;
      ids.set(name, names.length);
      return names.push(name) - 1;
    },
  };
}

/** The ratings with ids by these numberings, and their names. @param texts the ids of the same file. */
export function namedRatings(
  raw: RawRatings,
  texts: TextIds,
  { users, movies }: { readonly users: Numbering; readonly movies: Numbering },
): RawRatings & { readonly names: SourceNames } {
  return {
    ...raw,
    userIds: idsOf(texts.users, users),
    movieIds: idsOf(texts.movies, movies),
    names: { users: users.names, movies: movies.names },
  };
}

function idsOf({ texts, codes }: TextColumn, { idOf }: Numbering): Float64Array {
  const ids = Float64Array.from(texts, idOf);
  const ofRows = new Float64Array(codes.length);
  for (let row = 0; row < codes.length; row++) ofRows[row] = ids[codes[row] as number] as number;
  return ofRows;
}

/** The name that a text is; null for a missing value and for a text that can be no name. */
export function nameOf(text: string): string | null {
  // Tables of floating-point numbers write 12 as `12.0`.
  const name = text.trim().replace(/^(\d+)\.0+$/, '$1');
  return isName(name) && !/^(nan|null|none|na|n\/a)$/i.test(name) ? name : null;
}
