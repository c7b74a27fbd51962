import pl from 'nodejs-polars';
import { OperatorError } from '../lib/errors.ts';
import { COLUMN_MEANINGS, type ColumnMeaning, type FoundColumns } from './column-names.ts';

/** What the cells of a Parquet column are to the reader. */
export type CellKind = 'number' | 'text' | 'category' | 'boolean' | 'date' | 'instant' | 'other';

export interface ColumnType {
  readonly kind: CellKind;
  /** What polars calls the type: `Float16`, `Struct`. */
  readonly name: string;
  /** The unit of an instant. */
  readonly timeUnit: string | null;
}

const KINDS: Readonly<Record<string, CellKind>> = {
  String: 'text',
  Utf8: 'text',
  Categorical: 'category',
  Enum: 'category',
  Bool: 'boolean',
  Date: 'date',
  Datetime: 'instant',
  Decimal: 'number',
  ...Object.fromEntries(
    ['Int8', 'Int16', 'Int32', 'Int64', 'UInt8', 'UInt16', 'UInt32', 'UInt64', 'Float32', 'Float64'].map(
      (name) => [name, 'number'],
    ),
  ),
};

/** The kinds that each meaning can be read from. */
const READ: Readonly<Record<ColumnMeaning, readonly CellKind[]>> = {
  user: ['number', 'text', 'category'],
  movie: ['number', 'text', 'category'],
  rating: ['number', 'text', 'category', 'boolean'],
  time: ['number', 'text', 'category', 'date', 'instant'],
};

/** The names of the columns of a Parquet file, in their order. */
export const parquetNames = (file: string): readonly string[] =>
  pl.scanParquet(file, { glob: false }).columns;

/** The type of a column of a Parquet file. Only its footer is read. */
export function columnType(file: string, name: string): ColumnType {
  const column = pl.col(name);
  const none = pl.scanParquet(file, { glob: false }).slice(0, 0);
  try {
    const { variant, timeUnit = null } = none.select(column).collectSync().schema[name] as unknown as {
      readonly variant: string;
      readonly timeUnit?: string | null;
    };
    return { kind: KINDS[variant] ?? 'other', name: variant, timeUnit };
  } catch (error) {
    // The bindings know fewer types than polars does. A number of any width can be converted before it reaches them.
    const type = /DataType (\w+)/.exec(String(error))?.[1] ?? 'of an unknown type';
    try {
      // A cast of no rows succeeds whatever the type is.
      pl.scanParquet(file, { glob: false }).slice(0, 1).select(column.cast(pl.Float64)).collectSync();
      return { kind: 'number', name: type, timeUnit: null };
    } catch {
      return { kind: 'other', name: type, timeUnit: null };
    }
  }
}

/**
 * @throws OperatorError `source-unknown-layout` that names the first column whose type has no ids, ratings or times in it.
 */
export function requireReadable(file: string, columns: FoundColumns<string>): void {
  for (const meaning of COLUMN_MEANINGS) {
    const name = columns[meaning];
    if (name === null) continue;
    const type = columnType(file, name);
    if (READ[meaning].includes(type.kind)) continue;
    throw new OperatorError(
      'source-unknown-layout',
      `The column ${name} of ${file} cannot be read as the ${meaning}: its type is ${type.name}.`,
      `Write it as ${meaning === 'time' ? 'seconds since 1970, a date or text' : 'numbers or text'}, or name another column: --columns ${meaning}=NAME.`,
    );
  }
}
