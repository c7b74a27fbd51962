import pl from 'nodejs-polars';
import { SECONDS_A_DAY } from './date-times.ts';
import type { ParquetShape } from './layout.ts';
import { columnType } from './parquet-types.ts';
import {
  type Column,
  codedTexts,
  type Frame,
  mappedTexts,
  orNaN,
  type ReadRatings,
  type ReadTimes,
  secondsIn,
  type TextColumn,
  type ValueReading,
} from './polars-columns.ts';

/** How many units of time a second has. */
const UNITS_A_SECOND: Readonly<Record<string, number>> = { ms: 1e3, us: 1e6, μs: 1e6, ns: 1e9 };

/** Reads the ratings of a Parquet file one column at a time, so that memory never has a copy of all columns. */
export function readParquet(
  file: string,
  { columns }: ParquetShape,
  { ratingOf }: ValueReading,
): ReadRatings {
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

/** A column as texts. */
export const parquetTexts = (file: string, name: string): TextColumn =>
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
