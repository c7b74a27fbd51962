import { open } from 'node:fs/promises';
import pl from 'nodejs-polars';
import { columnsNamed, type RatingColumns } from './column-names.ts';

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
  readonly columns: RatingColumns<number>;
  /** Whether quotation marks or spaces around values must be removed. */
  readonly padded: boolean;
}

export interface ParquetShape {
  readonly layout: 'parquet';
  readonly columns: RatingColumns<string>;
}

export type RatingsShape = TextShape | ParquetShape;

/** What the first bytes of a file show. */
export type Recognition =
  | { readonly kind: 'ratings'; readonly shape: RatingsShape }
  | { readonly kind: 'empty' }
  | { readonly kind: 'unknown'; readonly firstLine: string };

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

/** Recognises, by content only, whether a file has ratings and which layout. */
export async function recogniseRatings(file: string): Promise<Recognition> {
  const start = await readPart(file, 0, SAMPLE_BYTES);
  if (start.subarray(0, 4).toString('latin1') === 'PAR1') return recogniseParquet(file);
  const text = start.toString('utf8').replace(/^\uFEFF/, '');
  if (text.trim() === '') return { kind: 'empty' };
  const lines = text.split(/\r?\n/);
  // The sample may end in the middle of a line.
  if (start.length === SAMPLE_BYTES && lines.length > 1) lines.pop();
  const firstLine = lines[0] ?? '';
  const shape = recogniseText(lines.filter((line) => line.trim() !== '').slice(0, SAMPLE_LINES));
  if (shape !== null) return { kind: 'ratings', shape };
  return { kind: 'unknown', firstLine: shorten(firstLine) };
}

function recogniseParquet(file: string): Recognition {
  const names = pl.readParquet(file, { nRows: 0 }).columns;
  const positions = columnsNamed(names);
  if (positions === null)
    return { kind: 'unknown', firstLine: shorten(`Parquet columns ${names.join(', ')}`) };
  const name = (position: number): string => names[position] as string;
  const { user, movie, rating, time } = positions;
  const columns = { user: name(user), movie: name(movie), rating: name(rating), time: name(time) };
  return { kind: 'ratings', shape: { layout: 'parquet', columns } };
}

function recogniseText(lines: readonly string[]): TextShape | null {
  const first = lines[0] ?? '';
  for (const layout of ['dat', 'tsv', 'csv'] as const) {
    const separator = SEPARATORS[layout];
    if (!first.includes(separator)) continue;
    const padded = lines.some((line) => /["' ]/.test(line));
    const fields = (line: string): readonly string[] => line.split(separator).map(trimmed);
    const named = columnsNamed(fields(first));
    const width = fields(first).length;
    if (named !== null) return { layout, hasHeader: true, width, columns: named, padded };
    const looksLikeRating = lines.filter((line) => isRating(fields(line))).length;
    if (looksLikeRating * 2 <= lines.length) return null;
    const widest = lines.reduce((most, line) => Math.max(most, fields(line).length), 4);
    const columns = { user: 0, movie: 1, rating: 2, time: 3 };
    return { layout, hasHeader: false, width: widest, columns, padded };
  }
  return null;
}

/** Removes the quotation marks and spaces around a field. */
const trimmed = (field: string): string => field.replaceAll(/^["'\s]+|["'\s]+$/g, '');

/** Whether a line has user, movie, rating and time. All but the rating are whole numbers. */
function isRating(fields: readonly string[]): boolean {
  const [user, movie, rating, time] = fields;
  const whole = (field: string | undefined): boolean => field !== undefined && /^\d+$/.test(field);
  return whole(user) && whole(movie) && whole(time) && /^\d+(\.\d+)?$/.test(rating ?? '');
}

function shorten(line: string): string {
  // Control characters would break the terminal output.
  const printable = line.replaceAll(/\p{Cc}/gu, '·');
  return printable.length > SHOWN_CHARACTERS ? `${printable.slice(0, SHOWN_CHARACTERS)}…` : printable;
}
