import { readFile, stat } from 'node:fs/promises';
import pl from 'nodejs-polars';
import { OperatorError } from '../lib/errors.ts';
import { isId } from '../ratings/validate.ts';
import { bytesText } from './containers/limits.ts';

/** A table with named columns. */
export interface NamedTable {
  readonly names: readonly string[];
  readonly length: number;
  /** A value as text; null for a missing one. */
  field(column: number, row: number): string | null;
}

/** A file beside the ratings is read as a whole, so its size is limited. The largest public one has 35 MB. */
const MOST_BYTES = 64 * 2 ** 20;

/**
 * Reads a file beside the ratings: a table of Parquet, or a text. Text that is not UTF-8 is read as Windows-1252, which the
 * older MovieLens sets use.
 *
 * @param what the file has: `movies`. @param advice what to do with one that is too large.
 * @throws OperatorError `source-unreadable` when the file is too large.
 */
export async function readCompanion(
  file: string,
  what: string,
  advice: string,
): Promise<NamedTable | string> {
  const { size } = await stat(file);
  if (size > MOST_BYTES) {
    throw new OperatorError(
      'source-unreadable',
      `${file} has ${bytesText(size)}, and the limit of a file of ${what} is ${bytesText(MOST_BYTES)}.`,
      advice,
      { details: { exceedsLimit: true } },
    );
  }
  const bytes = await readFile(file);
  return bytes.subarray(0, 4).toString('latin1') === 'PAR1' ? parquetTable(file) : decode(bytes);
}

/** The id that a text is: a whole number from 0; null for none. */
export function wholeId(text: string): number | null {
  const id = Number(text);
  return text.trim() !== '' && isId(id) ? id : null;
}

/** The rows of a text as a table, the first row as its names. */
export function textTable([names = [], ...rows]: readonly (readonly string[])[]): NamedTable {
  return { names, length: rows.length, field: (column, row) => rows[row]?.[column] ?? null };
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

function parquetTable(file: string): NamedTable {
  const frame = pl.readParquet(file);
  const columns = frame.columns.map((name) => frame.getColumn(name).toArray() as readonly unknown[]);
  return {
    names: frame.columns,
    length: frame.height,
    field: (column, row) => textOf(columns[column]?.[row]),
  };
}

/** A value of Parquet as a text of CSV; a list becomes a list in JSON. */
function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object') return String(value);
  return JSON.stringify('toArray' in value && typeof value.toArray === 'function' ? value.toArray() : value);
}
