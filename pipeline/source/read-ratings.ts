import { stat } from 'node:fs/promises';
import pl from 'nodejs-polars';
import type { RawRatings } from '../ratings/raw.ts';
import type { RatingColumns } from './column-names.ts';
import { secondsOf } from './date-times.ts';
import { type ParquetShape, type RatingsShape, readPart, type TextShape } from './layout.ts';

type Column = ReturnType<typeof pl.col>;
type Frame = ReturnType<typeof pl.DataFrame>;

/**
 * A quote character that no ratings file contains, so that a single quotation mark cannot hide the lines after it. It is
 * used unless values in quotation marks contain separators.
 */
const NO_QUOTES = '\u0001';
/** How many units of time a second has. */
const UNITS_A_SECOND: Readonly<Record<string, number>> = { ms: 1e3, us: 1e6, μs: 1e6, ns: 1e9 };
const SECONDS_A_DAY = 86_400;

/**
 * Reads a file of ratings into four columns, without an object for each row. A value that is missing or not a number
 * becomes NaN. Blank lines at the end are ignored; blank lines between rows count as rows.
 */
export async function readRatings(file: string, shape: RatingsShape): Promise<RawRatings> {
  const columns = await openColumns(file, shape, 'numbers');
  const isText = shape.layout !== 'parquet' && shape.times === 'text';
  const column = async (name: keyof RatingColumns<unknown>): Promise<Float64Array> => {
    const frame = await columns(name);
    if (frame.height === 0) return new Float64Array(0);
    if (name === 'time' && isText) return secondsOfTexts(frame);
    return frame.getColumn(name).toTypedArray() as Float64Array;
  };
  const all = {
    userIds: await column('user'),
    movieIds: await column('movie'),
    stars: await column('rating'),
    timestamps: await column('time'),
  };
  const length =
    shape.layout === 'parquet'
      ? all.userIds.length
      : lengthWithout(await blankLinesAtEnd(file), Object.values(all));
  return {
    length,
    userIds: all.userIds.subarray(0, length),
    movieIds: all.movieIds.subarray(0, length),
    stars: all.stars.subarray(0, length),
    timestamps: all.timestamps.subarray(0, length),
    firstRowNumber: shape.layout !== 'parquet' && shape.hasHeader ? 2 : 1,
  };
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

/** Reads the ids of a file of ratings as text. The rows are those of `readRatings`, and maybe blank ones after them. */
export async function readTextIds(file: string, shape: RatingsShape): Promise<TextIds> {
  const columns = await openColumns(file, shape, 'text');
  return {
    users: textColumn(await columns('user'), 'user'),
    movies: textColumn(await columns('movie'), 'movie'),
  };
}

/**
 * Returns the frames that have a column. A Parquet file is read one column at a time, so that memory never has a copy of
 * all columns. A text file is parsed once.
 */
async function openColumns(
  file: string,
  shape: RatingsShape,
  ids: 'numbers' | 'text',
): Promise<(name: keyof RatingColumns<unknown>) => Promise<Frame>> {
  if (shape.layout === 'parquet') {
    const scan = scanParquet(file, shape, ids);
    return (name) => scan.select(pl.col(name)).collect();
  }
  const frame = await scanText(file, shape, ids).collect();
  return async () => frame;
}

function textColumn(frame: Frame, name: string): TextColumn {
  if (frame.height === 0) return { texts: [], codes: new Uint32Array(0) };
  const text = pl.col(name).fillNull(pl.lit('')).alias('text');
  const coded = frame.select(text, text.cast(pl.Categorical).cast(pl.UInt32).alias('code'));
  const distinct = coded.unique({ subset: ['code'], keep: 'first' }).sort('text');
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

/** So many texts are read at a time. */
const TEXTS = 1_000;

function secondsOfTexts(frame: Frame): Float64Array {
  const seconds = new Float64Array(frame.height);
  const times = frame.getColumn('time');
  for (let from = 0; from < seconds.length; from += TEXTS) {
    const texts = times.slice(from, TEXTS).toArray() as unknown as readonly (string | null)[];
    for (const [at, text] of texts.entries()) seconds[from + at] = secondsOf(text ?? '');
  }
  return seconds;
}

const orNaN = (column: Column): Column => column.cast(pl.Float64).fillNull(pl.lit(Number.NaN));
const NO_TIMES = pl.lit(Number.NaN).cast(pl.Float64).alias('time');

function scanText(file: string, shape: TextShape, ids: 'numbers' | 'text') {
  const { layout, hasHeader, width, columns, padded, times, quoted } = shape;
  // Polars takes separators of one byte, so in `1::1193::5::978300760` every second field is empty.
  const step = layout === 'dat' ? 2 : 1;
  const name = (position: number): string => `field_${position}`;
  const isText = padded || ids === 'text' || times === 'text';
  const type = isText ? pl.Utf8 : pl.Float64;
  const fields = Array.from({ length: (width - 1) * step + 1 }, (_, position) => [name(position), type]);
  const scan = pl.scanCSV(file, {
    sep: layout === 'dat' ? ':' : layout === 'tsv' ? '\t' : ',',
    hasHeader: false,
    skipRows: hasHeader ? 1 : 0,
    schema: Object.fromEntries(fields) as Record<string, typeof type>,
    ignoreErrors: true,
    truncateRaggedLines: true,
    raiseIfEmpty: false,
    quoteChar: quoted ? '"' : NO_QUOTES,
    encoding: 'utf8-lossy',
    glob: false,
  });
  const number = (position: number): Column => {
    const raw = pl.col(name(position * step));
    return orNaN(isText ? raw.str.replaceAll('["\'\\s]', '').cast(pl.Float64, false) : raw);
  };
  const text = (position: number): Column =>
    pl.col(name(position * step)).str.replaceAll('^["\'\\s]+|["\'\\s]+$', '');
  const id = ids === 'text' ? text : number;
  const { user, movie, rating, time } = columns;
  const read = time === null ? NO_TIMES : (times === 'text' ? text(time) : number(time)).alias('time');
  return scan.select(id(user).alias('user'), id(movie).alias('movie'), number(rating).alias('rating'), read);
}

function scanParquet(file: string, { columns }: ParquetShape, ids: 'numbers' | 'text') {
  const { schema } = pl.readParquet(file, { nRows: 0 });
  // Categories have a number of their own, which is not what they say.
  const written = (name: string): Column =>
    (schema[name] as TemporalType).variant === 'Categorical' ? pl.col(name).cast(pl.Utf8) : pl.col(name);
  const number = (name: string): Column => orNaN(written(name).cast(pl.Float64, false));
  const id = (name: string): Column => (ids === 'text' ? pl.col(name).cast(pl.Utf8) : number(name));
  return pl
    .scanParquet(file, { glob: false })
    .select(
      id(columns.user).alias('user'),
      id(columns.movie).alias('movie'),
      number(columns.rating).alias('rating'),
      columns.time === null
        ? NO_TIMES
        : seconds(columns.time, schema[columns.time] as TemporalType).alias('time'),
    );
}

interface TemporalType {
  readonly variant?: string;
  readonly timeUnit?: string;
}

/** Whole seconds since 1970, from a column of numbers or dates. */
function seconds(name: string, { variant, timeUnit }: TemporalType): Column {
  const column = pl.col(name);
  if (variant === 'Datetime') {
    const units = UNITS_A_SECOND[timeUnit ?? ''] ?? UNITS_A_SECOND['us'];
    return orNaN(column.cast(pl.Int64).cast(pl.Float64).div(pl.lit(units)).floor());
  }
  if (variant === 'Date') return orNaN(column.cast(pl.Int32).cast(pl.Float64).mul(pl.lit(SECONDS_A_DAY)));
  return orNaN(column.cast(pl.Float64, false));
}

const TAIL_BYTES = 4096;

async function blankLinesAtEnd(file: string): Promise<number> {
  const end = await readPart(file, Math.max(0, (await stat(file)).size - TAIL_BYTES), TAIL_BYTES);
  const blank = /\s*$/.exec(end.toString('latin1'))?.[0] ?? '';
  return Math.max(0, blank.split('\n').length - 2);
}

/** The number of rows after at most `blank` empty rows are removed from the end. */
function lengthWithout(blank: number, columns: readonly Float64Array[]): number {
  let length = columns[0]?.length ?? 0;
  const last = length - blank;
  while (length > last && length > 0 && columns.every((column) => Number.isNaN(column[length - 1]))) length--;
  return length;
}
