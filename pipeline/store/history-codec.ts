import { crc32 } from 'node:zlib';
import { OperatorError } from '../lib/errors.ts';
import { VarintReader, VarintWriter } from '../lib/varint.ts';
import { nibbleAt, packNibbles } from '../serving/nibbles.ts';
import { type BatchRatings, emptyBatchRatings } from './batch-ratings.ts';

/**
 * The packed history of a user: the ratings in order of time and, at equal times, of movies. So equal ratings have equal
 * bytes.
 *
 * | Bytes | What |
 * | --- | --- |
 * | 1 | version of the format |
 * | 4 | CRC-32 of the bytes that follow, begun with the id of the user, big-endian |
 * | varint | number of ratings, 1 or more |
 * | varints | number of runs, then the length and the batch of each: consecutive ratings of one batch |
 * | ½ each | half stars, two in a byte, the first in the low bits |
 * | varint each | zigzag difference of the movie from the one before, modulo 2³² |
 * | varint each | seconds since the one before; for the first since −2³¹ |
 *
 * Varints are those of `VarintWriter`. The ratings of MovieLens 32M take 3.9 bytes each.
 */
const VERSION = 1;
const CHECKSUM_AT = 1;
const CONTENT_AT = 5;
const EARLIEST = -(2 ** 31);

/** One row of the table of histories. */
export interface PackedHistory {
  readonly userId: number;
  readonly history: Uint8Array;
}

/** Packs ratings that are grouped by user. Each pair of user and movie is there once. */
export function packHistories(ratings: BatchRatings): readonly PackedHistory[] {
  const packed: PackedHistory[] = [];
  for (let from = 0, to = 0; from < ratings.length; from = to) {
    const userId = ratings.userIds[from] as number;
    while (to < ratings.length && ratings.userIds[to] === userId) to++;
    packed.push({ userId, history: encodeHistory(userId, ratings, rowsByTime(ratings, from, to)) });
  }
  return packed;
}

/** Unpacks histories, in their order. Ratings of one user are in order of time. @throws OperatorError `store-damaged`. */
export function unpackHistories(rows: readonly PackedHistory[]): BatchRatings {
  const readers = rows.map(openHistory);
  const ratings = emptyBatchRatings(readers.reduce((sum, { count }) => sum + count, 0));
  let at = 0;
  for (const reader of readers) {
    decodeHistory(reader, ratings, at);
    at += reader.count;
  }
  return ratings;
}

/** Rows `from` to `to` in order of time, then of movie. */
function rowsByTime({ ratedAt, movieIds }: BatchRatings, from: number, to: number): Int32Array {
  // The row fits beside the time into the 53 bits of a number, and typed arrays sort numbers without a callback.
  const width = 2 ** Math.ceil(Math.log2(to - from));
  const keys = new Float64Array(to - from);
  for (let row = from; row < to; row++) keys[row - from] = (ratedAt[row] as number) * width + (row - from);
  keys.sort();
  const rows = new Int32Array(keys.length);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as number;
    rows[i] = from + (key - Math.floor(key / width) * width);
  }
  for (let begin = 0, end = 0; begin < rows.length; begin = end) {
    while (end < rows.length && ratedAt[rows[end] as number] === ratedAt[rows[begin] as number]) end++;
    if (end - begin > 1) {
      rows.subarray(begin, end).sort((a, b) => (movieIds[a] as number) - (movieIds[b] as number));
    }
  }
  return rows;
}

function encodeHistory(userId: number, ratings: BatchRatings, rows: Int32Array): Uint8Array {
  const { movieIds, halves, ratedAt, batchIds } = ratings;
  const writer = new VarintWriter();
  writer.writeBytes(new Uint8Array(CONTENT_AT));
  writer.write(rows.length);
  writeRuns(writer, rows, batchIds);
  writer.writeBytes(packNibbles(rows.map((row) => halves[row] as number)));
  let movie = 0;
  for (let i = 0; i < rows.length; i++) {
    const next = movieIds[rows[i] as number] as number;
    const step = (next - movie) | 0;
    writer.write((step << 1) ^ (step >> 31));
    movie = next;
  }
  let time = EARLIEST;
  for (let i = 0; i < rows.length; i++) {
    const next = ratedAt[rows[i] as number] as number;
    writer.write(next - time);
    time = next;
  }
  const bytes = writer.finish();
  bytes[0] = VERSION;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(CHECKSUM_AT, crc32(bytes.subarray(CONTENT_AT), userId));
  return bytes;
}

function writeRuns(writer: VarintWriter, rows: Int32Array, batchIds: Int16Array): void {
  const runs: number[] = [];
  for (let begin = 0, end = 0; begin < rows.length; begin = end) {
    const batch = batchIds[rows[begin] as number] as number;
    while (end < rows.length && batchIds[rows[end] as number] === batch) end++;
    runs.push(end - begin, batch);
  }
  writer.write(runs.length / 2);
  for (const value of runs) writer.write(value);
}

interface HistoryReader extends PackedHistory {
  readonly count: number;
  readonly reader: VarintReader;
}

/** Checks version and checksum, and reads the number of ratings. */
function openHistory({ userId, history }: PackedHistory): HistoryReader {
  if (history[0] !== VERSION) {
    const found = history.length === 0 ? 'there is none' : `it is ${history[0]}`;
    throw damaged(userId, 0, `the version of the format should be ${VERSION}, and ${found}`);
  }
  if (history.length <= CONTENT_AT) throw damaged(userId, history.length, 'it ends too early');
  const view = new DataView(history.buffer, history.byteOffset, history.byteLength);
  const expected = view.getUint32(CHECKSUM_AT);
  const found = crc32(history.subarray(CONTENT_AT), userId);
  if (found !== expected) {
    throw damaged(userId, CHECKSUM_AT, `the checksum is ${expected}, and that of the content is ${found}`);
  }
  const reader = new VarintReader(history, CONTENT_AT);
  const count = reader.read();
  // A rating takes more than two bytes. This refuses a wrong count before it allocates the memory.
  if (count === 0 || 2 * count > history.length) throw damaged(userId, CONTENT_AT, `it has ${count} ratings`);
  return { userId, history, count, reader };
}

function decodeHistory(opened: HistoryReader, into: BatchRatings, at: number): void {
  try {
    decodeContent(opened, into, at);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw damaged(opened.userId, opened.reader.position, error.message);
  }
}

function decodeContent(
  { userId, history, count, reader }: HistoryReader,
  into: BatchRatings,
  at: number,
): void {
  const end = at + count;
  into.userIds.fill(userId, at, end);
  let row = at;
  for (let runs = reader.read(); runs > 0; runs--) {
    const next = row + reader.read();
    into.batchIds.fill(reader.read(), row, next);
    row = next;
  }
  if (row !== end) throw new RangeError(`its batches have ${row - at} ratings instead of ${count}`);
  const halvesAt = reader.skip((count + 1) >> 1);
  for (let i = 0; i < count; i++) into.halves[at + i] = nibbleAt(history, halvesAt, i);
  let movie = 0;
  for (row = at; row < end; row++) {
    const step = reader.read();
    movie = (movie + ((step >>> 1) ^ -(step & 1))) | 0;
    into.movieIds[row] = movie;
  }
  let time = EARLIEST;
  for (row = at; row < end; row++) {
    time += reader.read();
    into.ratedAt[row] = time;
  }
  if (reader.position !== history.length) {
    throw new RangeError(`it has ${history.length} bytes, and its ratings end at byte ${reader.position}`);
  }
}

function damaged(userId: number, offset: number, what: string): OperatorError {
  return new OperatorError(
    'store-damaged',
    `The packed history of user ${userId} is damaged at byte ${offset}: ${what}.`,
    'Nothing was read or changed. Restore the database from a backup. Without one, see "Begin anew" in docs/operations.md.',
  );
}
