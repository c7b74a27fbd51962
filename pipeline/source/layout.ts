import { open } from 'node:fs/promises';
import pl from 'nodejs-polars';
import {
  columnsAt,
  columnsNamed,
  type FoundColumns,
  type NamedColumns,
  NO_TIME,
  NO_TIMES_TEXT,
} from './column-names.ts';
import { isDateTime } from './date-times.ts';
import { parquetNames, requireReadable } from './parquet-types.ts';

/**
 * The format of a ratings file: `csv` separated by commas, semicolons or another character, with or without a header,
 * `tsv` separated by tabs (MovieLens 100K), `dat` separated by `::` (MovieLens 1M and 10M), `parquet`.
 */
export type Layout = 'csv' | 'tsv' | 'dat' | 'parquet';

/** The layout of a text file of ratings. */
export interface TextShape {
  readonly layout: 'csv' | 'tsv' | 'dat';
  /** What is between two fields. */
  readonly separator: Separator;
  readonly hasHeader: boolean;
  /** The names of the header, or none. */
  readonly names: readonly string[];
  /** Number of lines before the first row: the header, and what is before it. */
  readonly linesBefore: number;
  /** Number of fields in a line. */
  readonly width: number;
  /** Position of each column, from 0. */
  readonly columns: FoundColumns<number>;
}

export interface ParquetShape {
  readonly layout: 'parquet';
  /** The names of all columns of the file. */
  readonly names: readonly string[];
  readonly columns: FoundColumns<string>;
}

export type RatingsShape = TextShape | ParquetShape;

/** What the first bytes of a file show. */
export type Recognition =
  | { readonly kind: 'ratings'; readonly shape: RatingsShape }
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'unknown';
      readonly firstLine: string;
      /** The columns of its header and what is unclear about them; null without a header. */
      readonly header: { readonly names: readonly string[]; readonly problem: string } | null;
    };

/** How a file is read. */
export interface ReadingOptions {
  /** Columns that a person named. @default none */
  readonly columns?: NamedColumns | undefined;
  /** Whether ratings need a time. @default required */
  readonly times?: 'required' | 'optional' | undefined;
}

const SAMPLE_BYTES = 65_536;
const SAMPLE_LINES = 20;
const SHOWN_CHARACTERS = 80;
/** The separators in the order in which they are tried, with the name of their layout. */
const SEPARATORS = [
  ['::', 'dat'],
  ['\t', 'tsv'],
  [';', 'csv'],
  ['|', 'csv'],
  [',', 'csv'],
  [' ', 'csv'],
] as const;
export type Separator = (typeof SEPARATORS)[number][0];

/** The bytes of a file from a position, at most `length`. */
export async function readPart(file: string, position: number, length: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * Recognises, by content only, whether a file has ratings and which layout. Columns are found by their names in the header.
 * A file without a header has them in the order user, movie, rating, time.
 *
 * @throws OperatorError `usage` when a column that a person named does not exist.
 */
export async function recogniseRatings(file: string, options: ReadingOptions = {}): Promise<Recognition> {
  const start = await readPart(file, 0, SAMPLE_BYTES);
  if (start.subarray(0, 4).toString('latin1') === 'PAR1') return recogniseParquet(file, options);
  const text = start.toString('utf8').replace(/^\uFEFF/, '');
  if (text.trim() === '') return { kind: 'empty' };
  const records = recordsOf(text, start.length === SAMPLE_BYTES);
  return recogniseText(records, options) ?? unknown(records[0]?.text ?? '');
}

/** A record of the sample, and the number of lines up to its end. */
interface Record {
  readonly text: string;
  readonly lines: number;
}

/** The first records: lines, or more lines where a value in quotation marks has a line break. Blank ones are left out. */
function recordsOf(text: string, isCut: boolean): readonly Record[] {
  const lines = text.split(/\r?\n/);
  // The sample may end in the middle of a line.
  if (isCut && lines.length > 1) lines.pop();
  const records: Record[] = [];
  for (let at = 0; at < lines.length && records.length < SAMPLE_LINES; at++) {
    let record = lines[at] as string;
    for (let more = at + 1; isOpen(record) && more < Math.min(at + MOST_LINES, lines.length); more++) {
      const joined = lines.slice(at, more + 1).join('\n');
      if (isOpen(joined)) continue;
      [record, at] = [joined, more];
    }
    if (record.trim() !== '') records.push({ text: record, lines: at + 1 });
  }
  return records;
}

/** A header with line breaks has no more lines. */
const MOST_LINES = 10;

/** Whether a value in quotation marks is not closed. */
const isOpen = (record: string): boolean => (record.match(/"/g)?.length ?? 0) % 2 === 1;

const unknown = (firstLine: string, names: readonly string[] = [], problem = ''): Recognition => ({
  kind: 'unknown',
  firstLine: shorten(firstLine),
  header: names.length === 0 ? null : { names: names.map(shorten), problem },
});

function recogniseParquet(file: string, { columns: named, times }: ReadingOptions): Recognition {
  const names = parquetNames(file);
  const header = columnsNamed(names, named, times);
  if (header.kind === 'unclear') {
    return unknown(`Parquet columns ${names.join(', ')}`, names, header.problem);
  }
  const name = (position: number): string => names[position] as string;
  const { user, movie, rating, time } = header.columns;
  const timeColumn = time === null ? null : name(time);
  const columns = {
    user: name(user),
    movie: name(movie),
    rating: name(rating),
    time: times === 'optional' && timeColumn !== null && isEmpty(file, timeColumn) ? null : timeColumn,
  };
  requireReadable(file, columns);
  return { kind: 'ratings', shape: { layout: 'parquet', names, columns } };
}

function isEmpty(file: string, column: string): boolean {
  const frame = pl.readParquet(file, { columns: [column] });
  return frame.getColumn(column).nullCount() === frame.height;
}

function recogniseText(records: readonly Record[], options: ReadingOptions): Recognition | null {
  const [stated] = /^sep=(.)$/i.exec(records[0]?.text ?? '') ? records : [];
  const rest = stated === undefined ? records : records.slice(1);
  const first = rest[0]?.text ?? '';
  const found = SEPARATORS.filter(([separator]) => first.includes(separator))
    .map(([separator, layout]) => recogniseSeparated(rest, { separator, layout }, options))
    .filter((recognition) => recognition !== null);
  return found.find(({ kind }) => kind === 'ratings') ?? mostColumns(found);
}

/** Of several readings that are no ratings, the one that finds the most columns. */
function mostColumns(found: readonly Recognition[]): Recognition | null {
  const count = (each: Recognition): number =>
    each.kind === 'unknown' ? (each.header?.names.length ?? 0) : 0;
  return found.reduce<Recognition | null>(
    (most, each) => (most === null || count(each) > count(most) ? each : most),
    null,
  );
}

function recogniseSeparated(
  records: readonly Record[],
  { separator, layout }: { readonly separator: Separator; readonly layout: TextShape['layout'] },
  { columns: named = {}, times = 'required' }: ReadingOptions,
): Recognition | null {
  const rows = records.map(({ text }) => fieldsOf(text, separator).map(trimmed));
  const names = rows[0] ?? [];
  const first = records[0];
  const shapeOf = (columns: FoundColumns<number>, hasHeader: boolean, width: number): Recognition => {
    const data = hasHeader ? rows.slice(1) : rows;
    const { time } = columns;
    const hasTimes =
      time !== null &&
      (times === 'required' || data.length === 0 || data.some((row) => (row[time] ?? '') !== ''));
    const shape = {
      layout,
      separator,
      hasHeader,
      names: hasHeader ? names : [],
      linesBefore: hasHeader ? (first?.lines ?? 0) : (first?.lines ?? 1) - 1,
      width,
      columns: { ...columns, time: hasTimes ? time : null },
    } as const;
    return { kind: 'ratings', shape };
  };
  const widest = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const placed = columnsAt(named, names.length, times);
  if (placed !== null) return shapeOf(placed, !isNumber(names[placed.rating]), widest);
  const isNamed = Object.values(named).some((name) => name !== NO_TIME);
  const header = isNamed || isHeader(names) ? columnsNamed(names, named, times) : null;
  if (header?.kind === 'found') return shapeOf(header.columns, true, names.length);
  if (header !== null) return unknown(first?.text ?? '', names, header.problem);
  if (widest > MOST_FIELDS || rows.filter(isRating).length * 2 <= rows.length) return null;
  const time = widest > 3 && named.time !== NO_TIME ? 3 : null;
  if (time === null && times === 'required') {
    return unknown(first?.text ?? '', names, NO_TIMES_TEXT);
  }
  return shapeOf({ user: 0, movie: 1, rating: 2, time }, false, Math.max(widest, time === null ? 3 : 4));
}

/** Without a header, a line with more fields is a row of a matrix, and its first four are no rating. */
const MOST_FIELDS = 12;

/** Whether the first line names columns: it has words, and is no rating. */
function isHeader(names: readonly string[]): boolean {
  const isWord = (field: string): boolean => /^[\p{L}_]/u.test(field) && !NO_NUMBER.test(field);
  return names.some(isWord) && !isRating(names);
}

/** Words for a number that is missing. */
const NO_NUMBER = /^(nan|null|none|na|n\/a)$/i;

const isNumber = (field: string | undefined): boolean =>
  /^[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?$/i.test(field ?? '');

/** The fields of a record. Separators inside of quotation marks are a part of the value. */
function fieldsOf(record: string, separator: Separator): readonly string[] {
  if (!record.includes('"') || separator === '::') return record.split(separator);
  const fields: string[] = [];
  for (let from = 0; ; ) {
    const quoted = /^"((?:[^"]|"")*)"/.exec(record.slice(from));
    const closed = quoted === null ? from : from + quoted[0].length;
    const end = record.indexOf(separator, closed);
    fields.push(record.slice(from, end < 0 ? record.length : end));
    if (end < 0) return fields;
    from = end + separator.length;
  }
}

/** Removes the quotation marks and spaces around a field. */
const trimmed = (field: string): string => field.replaceAll(/^["'\s]+|["'\s]+$/g, '');

/** Whether a line has user, movie, a number as rating and, if anything, a time. */
function isRating(fields: readonly string[]): boolean {
  const [user = '', movie = '', rating, time = ''] = fields;
  const isTime = isNumber(time) || isDateTime(time) || time === '';
  return user !== '' && movie !== '' && isTime && isNumber(rating);
}

function shorten(line: string): string {
  // Control characters would break the terminal output.
  const printable = line.replaceAll(/\p{Cc}/gu, '·');
  return printable.length > SHOWN_CHARACTERS ? `${printable.slice(0, SHOWN_CHARACTERS)}…` : printable;
}
