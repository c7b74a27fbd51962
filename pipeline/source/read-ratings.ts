import pl from 'nodejs-polars';
import type { WrittenRow } from '../ratings/raw.ts';
import { COLUMN_MEANINGS, type ColumnMeaning } from './column-names.ts';
import { toSeconds, unitOf } from './date-times.ts';
import type { RatingsShape, TextShape } from './layout.ts';
import {
  type Column,
  codedTexts,
  expression,
  type Frame,
  mappedTexts,
  orNaN,
  type ReadRatings,
  secondsIn,
  type TextColumn,
  type TextIds,
  TRIM,
  type ValueReading,
} from './polars-columns.ts';
import { parquetTexts, readParquet } from './read-parquet.ts';
import { type RecordBlock, recordBlocks, UNIT_SEPARATOR } from './record-blocks.ts';

/**
 * Reads a file of ratings into four columns, without an object for each row. A value that is missing or not a number
 * becomes NaN. Times become whole seconds. Blank lines at the end are ignored; blank lines between rows count as rows.
 */
export async function readRatings(
  file: string,
  shape: RatingsShape,
  reading: ValueReading = {},
): Promise<ReadRatings> {
  const read =
    shape.layout === 'parquet' ? readParquet(file, shape, reading) : await readText(file, shape, reading);
  if (read.times !== 'seconds') return read;
  const times = unitOf(read.timestamps);
  toSeconds(read.timestamps, times);
  return { ...read, times };
}

/** A column of numbers that grows. */
class GrowingColumn {
  #values = new Float64Array(0);
  length = 0;

  /** Adds values. @param expected how many values the column will have, as far as is known. */
  add(values: Float64Array, expected: number): void {
    const needed = this.length + values.length;
    if (needed > this.#values.length) {
      const grown = new Float64Array(Math.max(needed, Math.ceil(expected)));
      grown.set(this.#values.subarray(0, this.length));
      this.#values = grown;
    }
    this.#values.set(values, this.length);
    this.length = needed;
  }

  get values(): Float64Array {
    return this.#values.subarray(0, this.length);
  }
}

/** Room for rows that are shorter than those before. */
const MARGIN = 1.02;

async function readText(file: string, shape: TextShape, reading: ValueReading): Promise<ReadRatings> {
  const columns = COLUMN_MEANINGS.map(() => new GrowingColumn());
  const unreadable: number[] = [];
  const breaks: { row: number; lines: number }[] = [];
  let [isText, isComplete] = [false, true];
  let [rows, bytes] = [0, 0];
  for await (const block of recordBlocks(file, shape)) {
    const read = numbersOf(block, shape, reading);
    for (const record of block.stray.keys()) unreadable.push(rows + record);
    for (const [record, lines] of block.breaks) breaks.push({ row: rows + record, lines });
    isText ||= read.hasDates;
    isComplete &&= read.isComplete;
    rows += read.height;
    bytes += block.bytes.length;
    const expected = (rows / bytes) * block.fileBytes * MARGIN;
    for (const [at, column] of columns.entries()) column.add(read.columns[at] as Float64Array, expected);
  }
  const [userIds, movieIds, stars, timestamps] = columns.map(({ values }) => values) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return {
    length: rows,
    userIds,
    movieIds,
    stars,
    timestamps,
    firstRowNumber: shape.linesBefore + 1,
    unreadable,
    breaks,
    isComplete,
    times: shape.columns.time === null ? 'none' : isText ? 'text' : 'seconds',
  };
}

/** The four columns of a block. */
interface ReadBlock {
  readonly height: number;
  readonly columns: readonly Float64Array[];
  readonly hasDates: boolean;
  /** Whether no value is missing. False when it is not known. */
  readonly isComplete: boolean;
}

function numbersOf(block: RecordBlock, shape: TextShape, { ratingOf }: ValueReading): ReadBlock {
  if (ratingOf === undefined) {
    const frame = frameOf(block, shape, 'numbers');
    const read = COLUMN_MEANINGS.map((meaning) => {
      const column = shape.columns[meaning] === null ? null : frame.getColumn(meaning);
      if (column === null) return new Float64Array(frame.height).fill(Number.NaN);
      return column.nullCount() > 0 ? null : (column.toTypedArray() as Float64Array);
    });
    if (frame.height === 0 || read.every((column) => column !== null)) {
      return { height: frame.height, columns: read as Float64Array[], hasDates: false, isComplete: true };
    }
  }
  // Some values have spaces or quotation marks around them, are dates, or are damaged.
  const frame = frameOf(block, shape, 'texts');
  let hasDates = false;
  const columns = COLUMN_MEANINGS.map((meaning) => {
    if (shape.columns[meaning] === null) return new Float64Array(frame.height).fill(Number.NaN);
    if (meaning === 'rating' && ratingOf !== undefined) return mappedTexts(frame, meaning, ratingOf);
    const numbers = frame.select(numberIn(meaning, shape)).getColumn(meaning).toTypedArray() as Float64Array;
    if (meaning !== 'time' || 2 * missingIn(numbers) <= frame.height) return numbers;
    hasDates = true;
    return secondsIn(frame, meaning);
  });
  return { height: frame.height, columns, hasDates, isComplete: false };
}

/** A column of texts as numbers; NaN where they are none. Where semicolons separate values, `4,5` is 4.5. */
function numberIn(meaning: ColumnMeaning, { separator }: TextShape): Column {
  return expression(`number ${meaning} ${separator}`, () => {
    const text = pl.col(meaning).str.replaceAll(TRIM, '');
    const point = separator === ';' ? text.str.replace('^([+-]?\\d*),(\\d+)$', '$1.$2') : text;
    return orNaN(point.cast(pl.Float64, false)).alias(meaning);
  });
}

/** The columns of a block by their meanings, as numbers or as they are written. */
function frameOf(
  { bytes, quoted }: RecordBlock,
  { layout, separator, width, columns }: TextShape,
  as: 'numbers' | 'texts',
): Frame {
  // Polars takes separators of one byte, and `::` is two of them: every second field is empty.
  const step = layout === 'dat' ? 2 : 1;
  const name = (position: number): string => `field_${position}`;
  const wanted = COLUMN_MEANINGS.flatMap((meaning) => {
    const position = columns[meaning];
    return position === null ? [] : [{ meaning, field: name(position * step) }];
  });
  const type = as === 'numbers' ? pl.Float64 : pl.Utf8;
  const fields = Array.from({ length: (width - 1) * step + 1 }, (_, at) => [name(at), type]);
  const frame = pl.readCSV(bytes, {
    sep: separator === '::' ? String.fromCharCode(UNIT_SEPARATOR) : separator,
    hasHeader: false,
    schema: Object.fromEntries(fields) as Record<string, typeof type>,
    columns: wanted.map(({ field }) => field),
    ignoreErrors: true,
    truncateRaggedLines: true,
    raiseIfEmpty: false,
    quoteChar: quoted ? '"' : '',
    encoding: 'utf8-lossy',
  });
  return frame.select(
    ...wanted.map(({ meaning, field }) =>
      expression(`${field} as ${meaning}`, () => pl.col(field).alias(meaning)),
    ),
  );
}

/** Reads the ids of a file of ratings as text. The rows are those of `readRatings`. */
export async function readTextIds(file: string, shape: RatingsShape): Promise<TextIds> {
  const [users, movies] = [new GrowingTexts(), new GrowingTexts()];
  if (shape.layout === 'parquet') {
    users.add(parquetTexts(file, shape.columns.user));
    movies.add(parquetTexts(file, shape.columns.movie));
  } else {
    for await (const block of recordBlocks(file, shape)) {
      const frame = frameOf(block, shape, 'texts');
      users.add(codedTexts(frame, 'user', TRIM));
      movies.add(codedTexts(frame, 'movie', TRIM));
    }
  }
  return { users: users.column, movies: movies.column };
}

/** A column of texts that grows. */
class GrowingTexts {
  readonly #codeOf = new Map<string, number>();
  readonly #parts: Uint32Array[] = [];

  add({ texts, codes }: TextColumn): void {
    const own = texts.map((text) => {
      const known = this.#codeOf.get(text);
      if (known !== undefined) return known;
      this.#codeOf.set(text, this.#codeOf.size);
      return this.#codeOf.size - 1;
    });
    this.#parts.push(codes.map((code) => own[code] as number));
  }

  get column(): TextColumn {
    const codes = new Uint32Array(this.#parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of this.#parts) {
      codes.set(part, at);
      at += part.length;
    }
    return { texts: [...this.#codeOf.keys()], codes };
  }
}

function missingIn(numbers: Float64Array): number {
  let missing = 0;
  for (const number of numbers) if (Number.isNaN(number)) missing++;
  return missing;
}

/**
 * Reads some rows again as they are written.
 *
 * @param rows positions of rows, ascending.
 */
export async function readWritten(
  file: string,
  shape: RatingsShape,
  rows: ArrayLike<number>,
): Promise<ReadonlyMap<number, WrittenRow>> {
  const written = new Map<number, WrittenRow>();
  let next = 0;
  const take = (frame: Frame, first: number, stray: RecordBlock['stray']): void => {
    for (; next < rows.length && (rows[next] as number) < first + frame.height; next++) {
      const row = rows[next] as number;
      const line = stray.get(row - first);
      written.set(row, line === undefined ? writtenRow(frame, row - first) : { line });
    }
  };
  if (shape.layout === 'parquet') {
    const { columns } = shape;
    const texts = COLUMN_MEANINGS.flatMap((meaning) => {
      const name = columns[meaning];
      return name === null ? [] : [pl.col(name).cast(pl.Utf8).alias(meaning)];
    });
    const scan = pl.scanParquet(file, { glob: false }).select(...texts);
    for (let at = 0; at < Math.min(rows.length, MOST_CELLS); at++) {
      take(scan.slice(rows[at] as number, 1).collectSync(), rows[at] as number, NO_STRAY);
    }
    return written;
  }
  let first = 0;
  for await (const block of recordBlocks(file, shape)) {
    if (next >= rows.length) break;
    const frame = frameOf(block, shape, 'texts');
    take(frame, first, block.stray);
    first += frame.height;
  }
  return written;
}

const NO_STRAY: RecordBlock['stray'] = new Map();
/** So many rows of a Parquet file are read again one by one. */
const MOST_CELLS = 100;

function writtenRow(frame: Frame, row: number): WrittenRow {
  const cell = (meaning: ColumnMeaning): string | null => {
    const at = frame.columns.indexOf(meaning);
    return at < 0 ? null : ((frame.getColumn(meaning).getIndex(row) as string | null) ?? null);
  };
  return { user: cell('user'), movie: cell('movie'), rating: cell('rating'), time: cell('time') };
}
