import { open } from 'node:fs/promises';
import { OperatorError } from '../lib/errors.ts';
import type { TextShape } from './layout.ts';

/** Whole records of a text file, that is lines, or more where a value in quotation marks has line breaks. */
export interface RecordBlock {
  /** A damaged record is blank. The memory is used again for a later block. */
  readonly bytes: Buffer;
  /** Whether a value is in quotation marks. No other quotation mark is left. */
  readonly quoted: boolean;
  /** Records with a quotation mark that is not closed, by their positions in the block, and how they begin. */
  readonly stray: ReadonlyMap<number, string>;
  /** Positions of records in the block that have line breaks, and how many; in their order. */
  readonly breaks: readonly (readonly [record: number, breaks: number])[];
  /** Bytes of the whole file. */
  readonly fileBytes: number;
}

/** So much of a file is in memory at a time. A line may not be longer. */
const BLOCK_BYTES = 16 << 20;
/** A value in quotation marks that is longer is one whose mark is not closed. */
const MOST_QUOTED = 1 << 20;
const SHOWN_BYTES = 120;

const [LF, CR, QUOTE, SPACE, COLON, STRAY] = [0x0a, 0x0d, 0x22, 0x20, 0x3a, 0x1a];
/** Stands twice for the separator `::` in a block. No text has it. */
export const UNIT_SEPARATOR = 0x1f;

/**
 * Reads a text file in blocks of whole records, without the lines before the first row and the blank lines at the end.
 * A value in quotation marks, as in RFC 4180, ends where a mark is before a separator or the end of a line; two marks are
 * one of its characters. A mark that begins a value and is not closed like this is stray: its record ends with its line.
 * A mark inside of a value is replaced by a character that no number has.
 *
 * @throws OperatorError `source-unreadable` for a line that is longer than a block.
 */
export async function* recordBlocks(
  file: string,
  { layout, separator, linesBefore }: TextShape,
): AsyncGenerator<RecordBlock> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    // A block is read behind room for the unfinished record before it, while the other block is in use.
    const room = Math.min(BLOCK_BYTES, size);
    const memory = [Buffer.allocUnsafe(2 * room), Buffer.allocUnsafe(2 * room)] as const;
    const readAt = (turn: number, position: number): Promise<number> =>
      handle
        .read(memory[turn] as Buffer, room, Math.min(room, size - position), position)
        .then(({ bytesRead }) => bytesRead);
    let [kept, position, toSkip, line, turn] = [0, 0, linesBefore, 1, 0];
    let next = readAt(0, 0);
    for (let isLast = size === 0; !isLast; turn = 1 - turn) {
      const bytes = memory[turn] as Buffer;
      const bytesRead = await next;
      const isFirst = position === 0;
      position += bytesRead;
      isLast = position >= size || bytesRead === 0;
      if (!isLast) next = readAt(1 - turn, position);
      const start = room - kept;
      const filled = room + bytesRead;
      let from =
        start + (isFirst && bytes.subarray(start, start + 3).toString('latin1') === '\xef\xbb\xbf' ? 3 : 0);
      for (; toSkip > 0 && from < filled; toSkip--) {
        const end = bytes.indexOf(LF, from);
        if (end < 0 && !isLast) throw tooLong(file, line);
        from = end < 0 || end >= filled ? filled : end + 1;
        line++;
      }
      const text = bytes.subarray(from, isLast ? withoutBlankEnd(bytes, from, filled) : filled);
      const block = blockOf(text, isLast, layout === 'dat' ? null : separator.charCodeAt(0));
      const end = block.bytes.length;
      kept = isLast ? 0 : filled - from - end;
      if (kept > room || (end === 0 && !isLast)) throw tooLong(file, line);
      bytes.copy(memory[1 - turn] as Buffer, room - kept, from + end, from + end + kept);
      if (layout === 'dat') markSeparators(block.bytes);
      if (end > 0) yield { ...block, fileBytes: size };
    }
  } finally {
    await handle.close();
  }
}

/** Replaces each byte of `::`. A colon of its own, as in a time, is a part of the value. */
function markSeparators(bytes: Buffer): void {
  for (let at = bytes.indexOf(COLON); at >= 0 && at + 1 < bytes.length; at++) {
    if (bytes[at] !== COLON || bytes[at + 1] !== COLON) continue;
    bytes[at] = UNIT_SEPARATOR;
    bytes[++at] = UNIT_SEPARATOR;
  }
}

const tooLong = (file: string, line: number): OperatorError =>
  new OperatorError(
    'source-unreadable',
    `${file} has a line of more than ${BLOCK_BYTES >> 20} MB after line ${line}.`,
    'Check that it is a file of ratings with one rating in a line.',
  );

function withoutBlankEnd(bytes: Buffer, from: number, to: number): number {
  let end = to;
  while (end > from && [LF, CR, SPACE].includes(bytes[end - 1] as number)) end--;
  return end;
}

/** The whole records at the start of some bytes: all of them at the end of a file. */
function blockOf(bytes: Buffer, isLast: boolean, separator: number | null): Omit<RecordBlock, 'fileBytes'> {
  if (separator === null || !bytes.includes(QUOTE)) {
    const end = isLast ? bytes.length : bytes.lastIndexOf(LF) + 1;
    return { bytes: bytes.subarray(0, end), quoted: false, stray: new Map(), breaks: [] };
  }
  const stray = new Map<number, string>();
  const breaks: (readonly [number, number])[] = [];
  let [record, start, quoted] = [0, 0, false];
  let [at, isStart, inRecord] = [0, true, 0];
  while (at < bytes.length) {
    const byte = bytes[at] as number;
    if (byte === LF) {
      if (inRecord > 0) breaks.push([record, inRecord]);
      [record, start, at, isStart, inRecord] = [record + 1, at + 1, at + 1, true, 0];
      continue;
    }
    if (byte !== QUOTE) {
      isStart = byte === separator;
      at++;
      continue;
    }
    if (!isStart) {
      bytes[at++] = STRAY;
      continue;
    }
    const close = closingQuote(bytes, at, separator);
    if (close === null && !isLast && bytes.length - at < MOST_QUOTED) break;
    if (close === null) {
      const lineEnd = bytes.indexOf(LF, at);
      const end = lineEnd < 0 ? bytes.length : lineEnd;
      if (lineEnd < 0 && !isLast) break;
      stray.set(
        record,
        bytes
          .subarray(start, Math.min(end, start + SHOWN_BYTES))
          .toString('utf8')
          .trim(),
      );
      // A line break inside of an earlier value would be a row of its own now.
      bytes.fill(STRAY, start, end);
      [at, isStart] = [end, false];
      continue;
    }
    quoted = true;
    for (let inside = at; inside < close; inside++) if (bytes[inside] === LF) inRecord++;
    [at, isStart] = [close + 1, false];
  }
  return { bytes: bytes.subarray(0, isLast ? bytes.length : start), quoted, stray, breaks };
}

/** The position of the mark that closes a value, or null. */
function closingQuote(bytes: Buffer, open: number, separator: number): number | null {
  const limit = Math.min(bytes.length, open + MOST_QUOTED);
  for (let at = open + 1; at < limit; at++) {
    if (bytes[at] !== QUOTE) continue;
    const after = bytes[at + 1];
    if (after === QUOTE) at++;
    else {
      const isEnd = after === separator || after === LF || after === CR || at + 1 === bytes.length;
      return isEnd ? at : null;
    }
  }
  return null;
}
