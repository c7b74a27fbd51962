import { open } from 'node:fs/promises';
import pl from 'nodejs-polars';
import { columnsAt, columnsNamed, type FoundColumns, type NamedColumns, NO_TIME } from './column-names.ts';
import { isDateTime } from './date-times.ts';

/**
 * The format of a ratings file: `csv` separated by commas, with or without a header, `tsv` separated by tabs
 * (MovieLens 100K), `dat` separated by `::` (MovieLens 1M and 10M), `parquet`.
 */
export type Layout = 'csv' | 'tsv' | 'dat' | 'parquet';

/** The layout of a text file of ratings. */
export interface TextShape {
  readonly layout: 'csv' | 'tsv' | 'dat';
  readonly hasHeader: boolean;
  /** Number of fields in a line. */
  readonly width: number;
  /** Position of each column, from 0. */
  readonly columns: FoundColumns<number>;
  /** Whether quotation marks or spaces around values must be removed. */
  readonly padded: boolean;
  /** Times are seconds since 1970, or as text: `2005-04-02 23:53:47`. */
  readonly times: 'seconds' | 'text';
  /** Whether values in quotation marks contain separators. */
  readonly quoted: boolean;
}

export interface ParquetShape {
  readonly layout: 'parquet';
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
  readonly columns?: NamedColumns;
  /** Whether ratings need a time. @default required */
  readonly times?: 'required' | 'optional';
}

const SAMPLE_BYTES = 65_536;
const SAMPLE_LINES = 20;
const SHOWN_CHARACTERS = 80;
const SEPARATORS = { dat: '::', tsv: '\t', csv: ',' } as const;

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
  const lines = text.split(/\r?\n/);
  // The sample may end in the middle of a line.
  if (start.length === SAMPLE_BYTES && lines.length > 1) lines.pop();
  return (
    recogniseText(
      lines.filter((line) => line.trim() !== ''),
      options,
    ) ?? unknown(lines[0] ?? '')
  );
}

const unknown = (firstLine: string, names: readonly string[] = [], problem = ''): Recognition => ({
  kind: 'unknown',
  firstLine: shorten(firstLine),
  header: names.length === 0 ? null : { names: names.map(shorten), problem },
});

function recogniseParquet(file: string, { columns: named, times }: ReadingOptions): Recognition {
  const names = pl.readParquet(file, { nRows: 0 }).columns;
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
  return { kind: 'ratings', shape: { layout: 'parquet', columns } };
}

function isEmpty(file: string, column: string): boolean {
  const frame = pl.readParquet(file, { columns: [column] });
  return frame.getColumn(column).nullCount() === frame.height;
}

/** The separators in the order in which they are tried. */
const LAYOUTS = ['dat', 'tsv', 'csv'] as const;

function recogniseText(
  all: readonly string[],
  { columns: named = {}, times = 'required' }: ReadingOptions,
): Recognition | null {
  const first = all[0] ?? '';
  const layout = LAYOUTS.find((each) => first.includes(SEPARATORS[each]));
  if (layout === undefined) return null;
  const separator = SEPARATORS[layout];
  const quoted = layout !== 'dat' && all.some((line) => hasQuoted(line, separator));
  const lines = all.slice(0, SAMPLE_LINES);
  const rows = lines.map((line) => (quoted ? withoutQuoted(line) : line).split(separator).map(trimmed));
  const names = rows[0] ?? [];
  const padded = lines.some((line) => /["' ]/.test(line));
  const shapeOf = (found: FoundColumns<number>, hasHeader: boolean, width: number): Recognition => {
    const data = hasHeader ? rows.slice(1) : rows;
    const { time } = found;
    const given = time === null ? [] : data.map((row) => row[time] ?? '').filter((text) => text !== '');
    const hasTimes = time !== null && (times === 'required' || given.length > 0 || data.length === 0);
    const columns = { ...found, time: hasTimes ? time : null };
    const isText = given.length > 0 && given.filter(isDateTime).length * 2 > given.length;
    const shape = {
      layout,
      hasHeader,
      width,
      columns,
      padded,
      times: isText ? 'text' : 'seconds',
      quoted,
    } as const;
    return { kind: 'ratings', shape };
  };
  const widest = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const placed = columnsAt(named, names.length, times);
  if (placed !== null) return shapeOf(placed, !isNumber(names[placed.rating]), widest);
  const isNamed = Object.values(named).some((name) => name !== NO_TIME);
  const header = isNamed || isHeader(names, times) ? columnsNamed(names, named, times) : null;
  if (header?.kind === 'found') return shapeOf(header.columns, true, names.length);
  if (header !== null) return unknown(first, names, header.problem);
  const looksLikeRating = rows.filter((row) => isRating(row, times)).length;
  if (looksLikeRating * 2 <= rows.length) return null;
  const width = Math.max(widest, times === 'required' ? 4 : 3);
  const time = width > 3 && named.time !== NO_TIME ? 3 : null;
  return shapeOf({ user: 0, movie: 1, rating: 2, time }, false, width);
}

/** Whether the first line names columns: it has words, and is no rating with a comment. */
function isHeader(names: readonly string[], times: 'required' | 'optional'): boolean {
  const isWord = (field: string): boolean => /^[\p{L}_]/u.test(field) && !NO_NUMBER.test(field);
  return names.some(isWord) && !isRating(names, times);
}

/** Words for a number that is missing. */
const NO_NUMBER = /^(nan|null|none|na|n\/a)$/i;

const isNumber = (field: string | undefined): boolean => /^\d+(\.\d+)?$/.test(field ?? '');

/** A whole field in quotation marks. */
const QUOTED = /(?<=^|[,\t])"(?:[^"]|"")*"(?=$|[,\t])/g;

const hasQuoted = (line: string, separator: string): boolean =>
  (line.match(QUOTED) ?? []).some((field) => field.includes(separator));

/** The line with spaces for the separators inside of quotation marks, so that it can be split at its separators. */
const withoutQuoted = (line: string): string =>
  line.replaceAll(QUOTED, (field) => field.replaceAll(/[,\t]/g, ' '));

/** Removes the quotation marks and spaces around a field. */
const trimmed = (field: string): string => field.replaceAll(/^["'\s]+|["'\s]+$/g, '');

/** Whether a line has user, movie, rating and time. All but the rating are whole numbers. */
function isRating(fields: readonly string[], times: 'required' | 'optional'): boolean {
  const [user, movie, rating, time = ''] = fields;
  const whole = (field: string | undefined): boolean => field !== undefined && /^\d+$/.test(field);
  const isTime = whole(time) || isDateTime(time) || (times === 'optional' && time === '');
  return whole(user) && whole(movie) && isTime && isNumber(rating);
}

function shorten(line: string): string {
  // Control characters would break the terminal output.
  const printable = line.replaceAll(/\p{Cc}/gu, '·');
  return printable.length > SHOWN_CHARACTERS ? `${printable.slice(0, SHOWN_CHARACTERS)}…` : printable;
}
