import { stat } from 'node:fs/promises';
import { type FileMetaData, parquetMetadata } from 'hyparquet';
import { readPart } from '../layout.ts';
import { bytesText, overLimit, refused, type SourceLimits } from './limits.ts';
import type { Workspace } from './workspace.ts';

/** The length of the description in 4 bytes, and `PAR1`. */
const END = 8;
const MARK = 4;
const AGAIN = 'If the file is damaged or not complete, download or copy it again.';

/**
 * Refuses a Parquet file whose description is damaged, does not fit into the file, or states more than it can have. The
 * reader trusts the description: it would allocate what is stated, or end the process.
 *
 * @throws OperatorError `source-unreadable`.
 */
export async function checkParquet(file: string, name: string, { limits }: Workspace): Promise<void> {
  const { size } = await stat(file);
  const end = await readPart(file, Math.max(0, size - END), END);
  if (size < MARK + END || end.toString('latin1', END - MARK) !== 'PAR1') {
    throw refused(name, 'it begins as Parquet, but does not end as Parquet', AGAIN);
  }
  const length = end.readUInt32LE(0);
  if (length + END + MARK > size) {
    const stated = `its last bytes state a description of ${bytesText(length)}`;
    throw refused(name, `${stated}, but the file has ${bytesText(size)}`, AGAIN);
  }
  if (length > limits.footerBytes) {
    throw overLimit(
      name,
      `its description has ${bytesText(length)}, and the limit is ${bytesText(limits.footerBytes)}`,
      'Write it with fewer columns or fewer row groups.',
    );
  }
  const footer = await readPart(file, size - END - length, length + END);
  let metadata: FileMetaData;
  try {
    metadata = parquetMetadata(Uint8Array.from(footer).buffer);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw refused(name, `its description is damaged (${reason})`, AGAIN);
  }
  const damage = damageOf(metadata, size - footer.length);
  if (damage !== null) throw refused(name, damage, AGAIN);
  const excess = excessOf(metadata, size, limits);
  if (excess !== null) throw overLimit(name, excess, AGAIN);
}

/** What contradicts itself in a description, or null. @param end where the description begins. */
function damageOf(metadata: FileMetaData, end: number): string | null {
  const { row_groups: groups } = metadata;
  const rows = Number(metadata.num_rows);
  const grouped = groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  if (rows < 0 || groups.some((group) => Number(group.num_rows) < 0) || rows !== grouped) {
    return `its description states ${rows.toLocaleString('en')} rows, but its parts have ${grouped.toLocaleString('en')}`;
  }
  for (const { meta_data: column } of groups.flatMap((group) => group.columns)) {
    if (column === undefined) return 'its description lacks a column';
    const at = Number(column.dictionary_page_offset ?? column.data_page_offset);
    const bytes = Number(column.total_compressed_size);
    if (at < MARK || bytes < 0 || at + bytes > end) {
      return `its description puts the column ${column.path_in_schema.join('.')} outside of the file`;
    }
  }
  return null;
}

/** What a description states beyond a limit, or null. */
function excessOf(
  { schema, row_groups: groups, num_rows }: FileMetaData,
  size: number,
  limits: SourceLimits,
) {
  const rows = Number(num_rows);
  if (rows > limits.freeRows && rows > limits.rowsPerByte * size) {
    return `its description states ${rows.toLocaleString('en')} rows in ${bytesText(size)}, more than ${limits.rowsPerByte} rows a byte, which is the limit`;
  }
  if (schema.length - 1 > limits.columns) {
    return `it has ${(schema.length - 1).toLocaleString('en')} columns, and the limit is ${limits.columns.toLocaleString('en')}`;
  }
  const unpacked = groups
    .flatMap(({ columns }) => columns)
    .reduce((sum, { meta_data: column }) => sum + Number(column?.total_uncompressed_size ?? 0), 0);
  if (unpacked > limits.freeBytes && unpacked > limits.ratio * size) {
    return `its ${bytesText(size)} unpack to ${bytesText(unpacked)}, more than ${limits.ratio} times their size, which is the limit`;
  }
  return null;
}
