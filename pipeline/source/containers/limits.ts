import { OperatorError } from '../../lib/errors.ts';

/** What a source may cost before it is refused. Every limit is enforced while data is read. */
export interface SourceLimits {
  /** Bytes of all files that are unpacked, converted or read from a pipe. */
  readonly unpackedBytes: number;
  /** Unpacked bytes for each packed byte, after the first `freeBytes`. Ratings pack to a tenth of their size. */
  readonly ratio: number;
  readonly freeBytes: number;
  /** Files of an archive, or parts of a data set. */
  readonly files: number;
  /** Bytes of one line of text. */
  readonly lineBytes: number;
  /** Columns of a table. */
  readonly columns: number;
  /** Bytes of the description at the end of a Parquet file. */
  readonly footerBytes: number;
  /** Rows of a Parquet file for each of its bytes, after the first `freeRows`. */
  readonly rowsPerByte: number;
  readonly freeRows: number;
  /** Milliseconds without a byte from a pipe. */
  readonly silenceMs: number;
}

export const SOURCE_LIMITS: SourceLimits = {
  unpackedBytes: 4 * 2 ** 30,
  ratio: 200,
  freeBytes: 64 * 2 ** 20,
  files: 20_000,
  lineBytes: 2 ** 20,
  columns: 1_000,
  footerBytes: 16 * 2 ** 20,
  rowsPerByte: 100,
  freeRows: 1_000_000,
  silenceMs: 120_000,
};

/** The error of a source that has no form that can be read. */
export function refused(path: string, problem: string, remedy: string, cause?: unknown): OperatorError {
  return new OperatorError('source-unreadable', unreadableText(path, problem), remedy, { cause });
}

/** The error of a source that exceeds a limit. */
export function overLimit(path: string, problem: string, remedy: string): OperatorError {
  const details = { exceedsLimit: true } as const;
  return new OperatorError('source-unreadable', unreadableText(path, problem), remedy, { details });
}

const unreadableText = (path: string, problem: string): string => `${path} cannot be read: ${problem}.`;

/** A number of bytes with its unit: `4 GiB`, `1,048,576 bytes`. */
export function bytesText(bytes: number): string {
  const [unit, size] =
    bytes >= 2 ** 30 ? ['GiB', 2 ** 30] : bytes >= 2 ** 20 ? ['MiB', 2 ** 20] : ['bytes', 1];
  return `${(bytes / Number(size)).toLocaleString('en', { maximumFractionDigits: 1 })} ${unit}`;
}
