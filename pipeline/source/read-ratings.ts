import pl from 'nodejs-polars';
import type { RawRatings, WrittenRow } from '../ratings/raw.ts';
import { COLUMN_MEANINGS, type ColumnMeaning } from './column-names.ts';
import { SECONDS_A_DAY, secondsOf, type TimeUnit, toSeconds, unitOf } from './date-times.ts';
import type { ParquetShape, RatingsShape, TextShape } from './layout.ts';
import { columnType } from './parquet-types.ts';
import { type RecordBlock, recordBlocks } from './record-blocks.ts';

type Column = ReturnType<typeof pl.col>;
type Frame = ReturnType<typeof pl.DataFrame>;

/** How many units of time a second has. */
const UNITS_A_SECOND: Readonly<Record<string, number>> = { ms: 1e3, us: 1e6, μs: 1e6, ns: 1e9 };

/** What was read of the times of a file. */
export interface ReadTimes {
  /** `text` for dates as text, `dates` for the dates of Parquet; otherwise the unit of numbers. */
  readonly times: TimeUnit | 'text' | 'dates' | 'none';
  /** Whether every row has all four values, or those but the time where there is none. False when it is not known. */
  readonly isComplete: boolean;
}

/** How values are read that are no numbers by themselves. */
export interface ValueReading {
  /** The number that a rating as text means, in lower case: `like`. @default ratings are numbers */
  readonly ratingOf?: ((text: string) => number) | undefined;
}

/** The ratings of a file, how its times are written, and which lines they are in. */
export type ReadRatings = RawRatings & ReadTimes;

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

const TRIM = '^["\'\\s]+|["\'\\s]+$';
const orNaN = (column: Column): Column => column.cast(pl.Float64).fillNull(pl.lit(Number.NaN));

/** Expressions by what they are of: making one takes longer than reading a small file. */
const expressions = new Map<string, Column>();

function expression(key: string, make: () => Column): Column {
  const known = expressions.get(key) ?? make();
  expressions.set(key, known);
  return known;
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
  // Polars takes separators of one byte, so in `1::1193::5::978300760` every second field is empty.
  const step = layout === 'dat' ? 2 : 1;
  const name = (position: number): string => `field_${position}`;
  const wanted = COLUMN_MEANINGS.flatMap((meaning) => {
    const position = columns[meaning];
    return position === null ? [] : [{ meaning, field: name(position * step) }];
  });
  const type = as === 'numbers' ? pl.Float64 : pl.Utf8;
  const fields = Array.from({ length: (width - 1) * step + 1 }, (_, at) => [name(at), type]);
  const frame = pl.readCSV(bytes, {
    sep: separator === '::' ? ':' : separator,
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

/** A column of texts: each different text once, and its position there for every row. A missing text is empty. */
export interface TextColumn {
  readonly texts: readonly string[];
  readonly codes: Uint32Array;
}

/** The ids of every row as they are written. */
export interface TextIds {
  readonly users: TextColumn;
  readonly movies: TextColumn;
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

function codedTexts(frame: Frame, name: string, trim: string | null): TextColumn {
  if (frame.height === 0) return { texts: [], codes: new Uint32Array(0) };
  const text = expression(`text ${trim} ${name}`, () => {
    const filled = pl.col(name).fillNull(pl.lit(''));
    return (trim === null ? filled : filled.str.replaceAll(trim, '')).alias('text');
  });
  const code = expression(`code ${trim} ${name}`, () =>
    text.cast(pl.Categorical).cast(pl.UInt32).alias('code'),
  );
  const coded = frame.select(text, code);
  const distinct = coded.unique({ subset: ['code'], keep: 'first' });
  // All columns of a process share one numbering of categories.
  const codes = distinct.getColumn('code').toTypedArray() as Uint32Array;
  const positions = new Map(Array.from(codes, (code, at) => [code, at]));
  return {
    texts: distinct.getColumn('text').toArray() as unknown as readonly string[],
    codes: (coded.getColumn('code').toTypedArray() as Uint32Array).map(
      (code) => positions.get(code) as number,
    ),
  };
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function missingIn(numbers: Float64Array): number {
  let missing = 0;
  for (const number of numbers) if (Number.isNaN(number)) missing++;
  return missing;
}

/** So many texts are in a list at a time: nearly every rating has a time of its own. */
const TEXTS = 1_000;
const AROUND = new RegExp(TRIM, 'g');

/** A column of dates and times as seconds. */
function secondsIn(frame: Frame, name: string): Float64Array {
  const column = frame.getColumn(name);
  const seconds = new Float64Array(frame.height);
  for (let from = 0; from < seconds.length; from += TEXTS) {
    const texts = column.slice(from, TEXTS).toArray() as unknown as readonly (string | null)[];
    for (const [at, padded] of texts.entries()) {
      const text = (padded ?? '').replaceAll(AROUND, '');
      const time = secondsOf(text);
      seconds[from + at] = Number.isNaN(time) && NUMBER.test(text) ? Number(text) : time;
    }
  }
  return seconds;
}

/** A column of few texts as numbers: each different one is looked at once. */
function mappedTexts(frame: Frame, name: string, meaningOf: (text: string) => number): Float64Array {
  const { texts, codes } = codedTexts(frame, name, TRIM);
  const values = Float64Array.from(texts, (text) => {
    const mapped = meaningOf(text);
    return Number.isNaN(mapped) && NUMBER.test(text) ? Number(text) : mapped;
  });
  const all = new Float64Array(codes.length);
  for (let row = 0; row < codes.length; row++) all[row] = values[codes[row] as number] as number;
  return all;
}

/** Reads one column at a time, so that memory never has a copy of all columns. */
function readParquet(file: string, { columns }: ParquetShape, { ratingOf }: ValueReading): ReadRatings {
  const number = (name: string): Float64Array => {
    const { kind } = columnType(file, name);
    return kind === 'text' || kind === 'category'
      ? mappedTexts(parquetFrame(file, pl.col(name).cast(pl.Utf8).alias(name)), name, () => Number.NaN)
      : parquetNumbers(file, pl.col(name));
  };
  const userIds = number(columns.user);
  const { values, times } = parquetTimes(file, columns.time, userIds.length);
  return {
    length: userIds.length,
    userIds,
    movieIds: number(columns.movie),
    stars:
      ratingOf === undefined
        ? number(columns.rating)
        : mappedTexts(
            parquetFrame(file, pl.col(columns.rating).cast(pl.Utf8).alias(columns.rating)),
            columns.rating,
            ratingOf,
          ),
    timestamps: values,
    firstRowNumber: 1,
    isComplete: false,
    times,
  };
}

const parquetFrame = (file: string, column: Column): Frame =>
  pl.scanParquet(file, { glob: false }).select(column).collectSync();

const parquetTexts = (file: string, name: string): TextColumn =>
  codedTexts(parquetFrame(file, pl.col(name).cast(pl.Utf8).alias(name)), name, null);

function parquetNumbers(file: string, column: Column): Float64Array {
  const frame = parquetFrame(file, orNaN(column.cast(pl.Float64, false)).alias('number'));
  return frame.height === 0
    ? new Float64Array(0)
    : (frame.getColumn('number').toTypedArray() as Float64Array);
}

function parquetTimes(
  file: string,
  name: string | null,
  rows: number,
): { readonly values: Float64Array; readonly times: ReadTimes['times'] } {
  if (name === null) return { values: new Float64Array(rows).fill(Number.NaN), times: 'none' };
  const { kind, timeUnit } = columnType(file, name);
  const column = pl.col(name);
  if (kind === 'instant') {
    const units = UNITS_A_SECOND[timeUnit ?? ''] ?? (UNITS_A_SECOND['us'] as number);
    const seconds = column.cast(pl.Int64).cast(pl.Float64).div(pl.lit(units)).floor();
    return { values: parquetNumbers(file, seconds), times: 'dates' };
  }
  if (kind === 'date') {
    const seconds = column.cast(pl.Int32).cast(pl.Float64).mul(pl.lit(SECONDS_A_DAY));
    return { values: parquetNumbers(file, seconds), times: 'dates' };
  }
  if (kind === 'number') return { values: parquetNumbers(file, column), times: 'seconds' };
  const frame = parquetFrame(file, column.cast(pl.Utf8).alias(name));
  return { values: secondsIn(frame, name), times: 'text' };
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
