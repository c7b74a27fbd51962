import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { OnProgress } from '../../lib/progress.ts';
import { unreadable } from '../locate.ts';
import { digestSource } from '../read-source.ts';
import { isExpectedCompanion, isRatingsName } from './file-names.ts';
import { byName, type KnownBatches, type Offer, type OfferedBatch } from './offer.ts';

/**
 * The batches in a folder: its files of ratings and its folders that have one, in the order of their names.
 * The content tells whether one is known, so it may be renamed. A folder that is not there is an empty one.
 *
 * @throws OperatorError `source-unreadable` when the folder cannot be read.
 */
export async function folderBatches(
  folder: string,
  known: KnownBatches,
  onProgress: OnProgress,
): Promise<Offer> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw unreadable(folder, error);
  });
  if (entries === null) return { batches: [], note: `there is no folder ${folder}` };
  const batches: OfferedBatch[] = [];
  const leftOut: string[] = [];
  for (const entry of entries.sort((a, b) => byName(a.name, b.name))) {
    if (isExpectedCompanion(entry.name)) continue;
    if (!entry.isDirectory() && !isRatingsName(entry.name)) {
      leftOut.push(entry.name);
      continue;
    }
    const path = join(folder, entry.name);
    batches.push(await batchAt(path, entry.name, known, onProgress));
  }
  return { batches, note: leftOut.length === 0 ? null : `left out, no ratings: ${leftOut.join(', ')}` };
}

/** A file that cannot be read is a batch that cannot be fetched: those before it are taken first. */
async function batchAt(
  path: string,
  name: string,
  known: KnownBatches,
  onProgress: OnProgress,
): Promise<OfferedBatch> {
  try {
    const { sha256 } = await digestSource(path, { onProgress });
    return {
      name,
      taken: known.hasContent(sha256),
      fetch: () => Promise.resolve({ path, temporary: [] }),
    };
  } catch (error) {
    return { name, taken: false, fetch: () => Promise.reject(error) };
  }
}
