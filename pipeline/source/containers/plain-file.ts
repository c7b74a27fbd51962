import { stat } from 'node:fs/promises';
import { checkParquet } from './check-parquet.ts';
import { utf8File } from './encoding.ts';
import { refused } from './limits.ts';
import { containerOf, unpackFile } from './unpack.ts';
import type { Workspace } from './workspace.ts';

/** A file that can be read as it is: Parquet, or text in UTF-8; or an archive, which has files of its own. */
export interface PlainFile {
  readonly kind: 'text' | 'parquet' | 'zip';
  readonly file: string;
  /** What was done to it, such as `gzip, utf-16le`; empty when nothing was. */
  readonly converted: string;
}

/**
 * Unpacks a file and converts its text to UTF-8 where that is necessary. A file that needs neither is returned itself.
 *
 * @param name how messages call it.
 * @throws OperatorError `source-unreadable`.
 */
export async function plainFile(path: string, name: string, workspace: Workspace): Promise<PlainFile> {
  const stats = await stat(path);
  if (!stats.isFile()) {
    throw refused(
      name,
      stats.isFIFO() ? 'it is a pipe, which can be read only once' : 'it is a device or a socket',
      'Write it to a file first, or give the pipe itself to a command that reads ratings.',
    );
  }
  let file = path;
  const converted: string[] = [];
  let container = await containerOf(file, name);
  if (container === 'gzip' || container === 'zstd') {
    converted.push(container);
    file = await unpackFile(file, container, name, workspace);
    container = await containerOf(file, name);
    if (container === 'gzip' || container === 'zstd') {
      throw refused(name, 'it is packed twice', 'Unpack it, and pass the unpacked file.');
    }
  }
  if (container === 'zip') return { kind: 'zip', file, converted: converted.join(', ') };
  if (container === 'parquet') {
    await checkParquet(file, name, workspace);
    return { kind: 'parquet', file, converted: converted.join(', ') };
  }
  const text = await utf8File(file, name, workspace);
  if (text.encoding !== 'utf-8') converted.push(text.encoding);
  return { kind: 'text', file: text.file, converted: converted.join(', ') };
}
