import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { unreadable } from '../locate.ts';
import { digestSource, type SourceOptions } from '../read-source.ts';
import { isExpectedCompanion, isRatingsName } from '../source-names.ts';
import { type AvailableBatch, type BatchList, byName, type KnownBatches } from './batch-list.ts';

/**
 * Lists the batches in a folder: its ratings files and its subfolders, sorted by name. A batch is recognised by its
 * content, so it can be renamed. A missing folder counts as empty.
 *
 * @throws OperatorError `source-unreadable` when the folder cannot be read.
 */
export async function folderBatches(
  folder: string,
  known: KnownBatches,
  options: Pick<SourceOptions, 'columns' | 'onProgress'>,
): Promise<BatchList> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw unreadable(folder, error);
  });
  if (entries === null) return { batches: [], note: `the folder ${folder} does not exist` };
  const batches: AvailableBatch[] = [];
  const ignored: string[] = [];
  for (const entry of entries.sort((a, b) => byName(a.name, b.name))) {
    if (isExpectedCompanion(entry.name)) continue;
    if (!entry.isDirectory() && !isRatingsName(entry.name)) {
      ignored.push(entry.name);
      continue;
    }
    const path = join(folder, entry.name);
    batches.push(await batchAt(path, entry.name, known, options));
  }
  return { batches, note: ignored.length === 0 ? null : `ignored, not ratings files: ${ignored.join(', ')}` };
}

/** An unreadable file becomes a batch whose `fetch` fails, so that the batches before it are still ingested. */
async function batchAt(
  path: string,
  name: string,
  known: KnownBatches,
  options: Pick<SourceOptions, 'columns' | 'onProgress'>,
): Promise<AvailableBatch> {
  try {
    const sha256 = await digestSource(path, options);
    return {
      name,
      taken: known.hasContent(sha256),
      fetch: () => Promise.resolve({ path, temporary: [] }),
    };
  } catch (error) {
    return { name, taken: false, fetch: () => Promise.reject(error) };
  }
}
