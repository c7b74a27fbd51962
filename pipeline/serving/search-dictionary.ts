import { crc32 } from 'node:zlib';
import { MAX_WORD_LENGTH } from './search-words.ts';
import { VarintReader, VarintWriter } from './varint.ts';

/** The place of a word in the names of a movie. A better place is a larger number. */
export const PLACE = {
  inside: 0,
  /** The first word of one of the names. */
  first: 1,
  /** All of one of the other names. */
  wholeOther: 2,
  /** All of the main name. */
  whole: 3,
} as const;
export type Place = (typeof PLACE)[keyof typeof PLACE];
const PLACES = 4;

/** The bytes start with `CMSI` and the version of the format, 1. */
const MAGIC = Uint8Array.of(0x43, 0x4d, 0x53, 0x49, 1);
/** Then comes the CRC-32 of the rest, little endian. */
const BODY_AT = MAGIC.length + 4;

/**
 * Encodes an inverted index in few bytes: words with the rows of their movies.
 *
 * After the header come whole numbers: the numbers of movies, words and letters; for each word, in the order of UTF-16,
 * how many letters it shares with the previous word, how many own letters it has, these letters, and the length of its
 * list in bytes; then the lists. A list has for each row, ascending, the difference from the previous row times four,
 * plus the place of the word.
 */
export function encodeDictionary(
  movies: number,
  lists: ReadonlyMap<string, ReadonlyMap<number, Place>>,
): Uint8Array {
  const words = [...lists.keys()].sort();
  const [dictionary, rows] = [new VarintWriter(), new VarintWriter()];
  dictionary.write(movies);
  dictionary.write(words.length);
  dictionary.write(words.reduce((sum, word) => sum + word.length, 0));
  let before = '';
  for (const word of words) {
    const shared = sharedLength(before, word);
    dictionary.write(shared);
    dictionary.write(word.length - shared);
    for (let at = shared; at < word.length; at++) dictionary.write(word.charCodeAt(at));
    const start = rows.position;
    let rowBefore = 0;
    for (const [row, place] of lists.get(word) ?? []) {
      rows.write((row - rowBefore) * PLACES + place);
      rowBefore = row;
    }
    dictionary.write(rows.position - start);
    before = word;
  }
  return withHeader(Buffer.concat([dictionary.finish(), rows.finish()]));
}

/** Adds the header to a body. */
export function withHeader(body: Uint8Array): Uint8Array {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc32(body));
  return Buffer.concat([MAGIC, checksum, body]);
}

/** A decoded index. Lists are decoded on each use. A word is given by its position. */
export interface Dictionary {
  readonly movies: number;
  readonly size: number;
  /** All words in one array, as UTF-16. */
  readonly letters: Uint16Array;
  /** Start of each word in `letters`, and the end of the last word. */
  readonly starts: Int32Array;
  /** How many letters each word shares with the previous word. */
  readonly shared: Uint8Array;
  /** The position of a word, or −1. */
  find(word: string): number;
  /** The positions of all words with a prefix; `to` is exclusive. */
  withPrefix(prefix: string): readonly [from: number, to: number];
  /** Visits nothing for −1. */
  forEachRow(position: number, visit: (row: number, place: Place) => void): void;
}

/** @throws RangeError with what is wrong. */
export function decodeDictionary(bytes: Uint8Array): Dictionary {
  if (bytes.length < BODY_AT || MAGIC.some((byte, at) => bytes[at] !== byte)) {
    throw new RangeError('it does not have the header of this version');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(MAGIC.length, true) !== crc32(bytes.subarray(BODY_AT))) {
    throw new RangeError('its checksum is wrong');
  }
  const reader = new VarintReader(bytes, BODY_AT);
  const [movies, size, count] = [reader.read(), reader.read(), reader.read()];
  // A word takes at least three bytes. This refuses a damaged count before it allocates the memory.
  if (size * 3 > bytes.length || count > size * MAX_WORD_LENGTH) {
    throw new RangeError(`${size} words of ${count} letters are more than it can hold`);
  }
  const letters = new Uint16Array(count);
  const starts = new Int32Array(size + 1);
  const lists = new Int32Array(size + 1);
  const shared = new Uint8Array(size);
  let before = 0;
  let at = 0;
  for (let word = 0; word < size; word++) {
    starts[word] = at;
    const kept = reader.read();
    const own = reader.read();
    if (kept > at - before || kept + own > MAX_WORD_LENGTH || at + kept + own > count) {
      throw new RangeError(
        `word ${word} shares ${kept} letters with the previous word and has ${own} own letters`,
      );
    }
    letters.copyWithin(at, before, before + kept);
    before = at;
    at += kept;
    for (const end = at + own; at < end; at++) letters[at] = reader.read();
    shared[word] = kept;
    lists[word + 1] = (lists[word] as number) + reader.read();
  }
  starts[size] = at;
  const rowsAt = reader.position;
  if (at !== count) throw new RangeError(`it has ${at} letters, not ${count}`);
  if (rowsAt + (lists[size] as number) !== bytes.length) {
    throw new RangeError(`it has ${bytes.length} bytes, not ${rowsAt + (lists[size] as number)}`);
  }

  /** The first position whose word, cut to the length of `wanted`, is not before `wanted`; with `after`, is after it. */
  const bound = (wanted: string, after: boolean): number => {
    let [from, to] = [0, size];
    while (from < to) {
      const middle = (from + to) >>> 1;
      const order = comparePrefix(letters, starts[middle] as number, starts[middle + 1] as number, wanted);
      if (order < 0 || (after && order === 0)) from = middle + 1;
      else to = middle;
    }
    return from;
  };

  return {
    movies,
    size,
    letters,
    starts,
    shared,
    find(word) {
      const position = bound(word, false);
      if (position === size) return -1;
      const [start, end] = [starts[position] as number, starts[position + 1] as number];
      const isSame = end - start === word.length && comparePrefix(letters, start, end, word) === 0;
      return isSame ? position : -1;
    },
    withPrefix: (prefix) => [bound(prefix, false), bound(prefix, true)],
    forEachRow(position, visit) {
      const list = new VarintReader(bytes, rowsAt + (lists[position] as number));
      const end = rowsAt + (lists[position + 1] as number);
      for (let row = 0; list.position < end; ) {
        const step = list.read();
        row += Math.floor(step / PLACES);
        visit(row, (step % PLACES) as Place);
      }
    },
  };
}

/** Compares a word with a prefix: 0 when the word starts with it. */
function comparePrefix(letters: Uint16Array, start: number, end: number, wanted: string): number {
  for (let at = 0; at < wanted.length; at++) {
    if (start + at === end) return -1;
    const difference = (letters[start + at] as number) - wanted.charCodeAt(at);
    if (difference !== 0) return difference;
  }
  return 0;
}

function sharedLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}
