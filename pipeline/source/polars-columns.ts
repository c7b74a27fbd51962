import pl from 'nodejs-polars';
import type { RawRatings } from '../ratings/raw.ts';
import { secondsOf, type TimeUnit } from './date-times.ts';

export type Column = ReturnType<typeof pl.col>;
export type Frame = ReturnType<typeof pl.DataFrame>;

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

/** Spaces and quotation marks around a value. */
export const TRIM = '^["\'\\s]+|["\'\\s]+$';

/** A column as numbers; NaN for a missing one. */
export const orNaN = (column: Column): Column => column.cast(pl.Float64).fillNull(pl.lit(Number.NaN));

/** Expressions by what they are of: making one takes longer than reading a small file. */
const expressions = new Map<string, Column>();

export function expression(key: string, make: () => Column): Column {
  const known = expressions.get(key) ?? make();
  expressions.set(key, known);
  return known;
}

/** A column as texts, each different one once. @param trim what is removed from them; null for nothing */
export function codedTexts(frame: Frame, name: string, trim: string | null): TextColumn {
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

/** So many texts are in a list at a time: nearly every rating has a time of its own. */
const TEXTS = 1_000;
const AROUND = new RegExp(TRIM, 'g');

/** A column of dates and times as seconds. */
export function secondsIn(frame: Frame, name: string): Float64Array {
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
export function mappedTexts(frame: Frame, name: string, meaningOf: (text: string) => number): Float64Array {
  const { texts, codes } = codedTexts(frame, name, TRIM);
  const values = Float64Array.from(texts, (text) => {
    const mapped = meaningOf(text);
    return Number.isNaN(mapped) && NUMBER.test(text) ? Number(text) : mapped;
  });
  const all = new Float64Array(codes.length);
  for (let row = 0; row < codes.length; row++) all[row] = values[codes[row] as number] as number;
  return all;
}
