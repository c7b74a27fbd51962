import { crc32 } from 'node:zlib';
import { LONGEST_WORD } from './search-words.ts';
import { VarintReader, VarintWriter } from './varint.ts';

/** Where a word stands in the names of a movie, the better place the larger. */
export const PLACE = {
  inside: 0,
  /** It begins one of the names. */
  first: 1,
  /** It is one of the other names. */
  wholeOther: 2,
  /** It is the movie's first name. */
  whole: 3,
} as const;
export type Place = (typeof PLACE)[keyof typeof PLACE];
const PLACES = 4;

/** What the bytes are, and the version of their layout: `CMSI` and 1. */
const MARK = Uint8Array.of(0x43, 0x4d, 0x53, 0x49, 1);
/** Behind the mark stands the CRC-32 of all that follows, the low byte first. */
const BODY_AT = MARK.length + 4;

/**
 * Words with the rows of the movies that have them, in few bytes.
 *
 * Behind mark and checksum stand whole numbers: how many movies, words and letters there are; for each word, in
 * the order of UTF-16, how many letters it shares with the word before, how many it has of its own, those, and
 * the length of its list in bytes; then the lists. A list has for each row, ascending, the distance from the row
 * before, times four, plus the word's place.
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
  return sealed(Buffer.concat([dictionary.finish(), rows.finish()]));
}

/** A body behind its mark and checksum. */
export function sealed(body: Uint8Array): Uint8Array {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc32(body));
  return Buffer.concat([MARK, checksum, body]);
}

/** The words are taken apart at once, their lists when they are asked for. A word is named by its position. */
export interface Dictionary {
  readonly movies: number;
  readonly size: number;
  /** All words one behind the other, as UTF-16. */
  readonly letters: Uint16Array;
  /** Where each word begins in `letters`; one more at the end. */
  readonly starts: Int32Array;
  /** How many letters each word shares with the one before. */
  readonly shared: Uint8Array;
  /** The word's position, or −1. */
  find(word: string): number;
  /** The positions of all words that begin so, from the first up to, not including, the last. */
  startingWith(beginning: string): readonly [from: number, to: number];
  /** Visits nothing for −1. */
  forEachRow(position: number, visit: (row: number, place: Place) => void): void;
}

/** @throws RangeError that says what is wrong with the bytes. */
export function decodeDictionary(bytes: Uint8Array): Dictionary {
  if (bytes.length < BODY_AT || MARK.some((byte, at) => bytes[at] !== byte)) {
    throw new RangeError('it does not begin as an index of this version does');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(MARK.length, true) !== crc32(bytes.subarray(BODY_AT))) {
    throw new RangeError('its checksum is not that of its content');
  }
  const reader = new VarintReader(bytes, BODY_AT);
  const [movies, size, count] = [reader.read(), reader.read(), reader.read()];
  // A word takes three bytes at least: a damaged count does not ask for all the memory there is.
  if (size * 3 > bytes.length || count > size * LONGEST_WORD) {
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
    if (kept > at - before || kept + own > LONGEST_WORD || at + kept + own > count) {
      throw new RangeError(`word ${word} has ${kept} letters of the word before and ${own} of its own`);
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
  if (at !== count) throw new RangeError(`it has ${at} letters, and says ${count}`);
  if (rowsAt + (lists[size] as number) !== bytes.length) {
    throw new RangeError(`it has ${bytes.length} bytes, and should have ${rowsAt + (lists[size] as number)}`);
  }

  /** The first position whose word, cut to as many letters, comes no earlier than (or, `after`, later than) `wanted`. */
  const bound = (wanted: string, after: boolean): number => {
    let [from, to] = [0, size];
    while (from < to) {
      const middle = (from + to) >>> 1;
      const order = compareBeginning(letters, starts[middle] as number, starts[middle + 1] as number, wanted);
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
      const isSame = end - start === word.length && compareBeginning(letters, start, end, word) === 0;
      return isSame ? position : -1;
    },
    startingWith: (beginning) => [bound(beginning, false), bound(beginning, true)],
    /** Visits nothing for −1. */
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

/** Compares a word with `wanted`, looking at no more letters than that has: 0 when the word begins so. */
function compareBeginning(letters: Uint16Array, start: number, end: number, wanted: string): number {
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
