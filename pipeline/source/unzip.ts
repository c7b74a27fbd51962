import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';

/**
 * Writes the wanted files of a ZIP archive into `folder`, without the folders they lie in there, so that no
 * name in the archive can point elsewhere. Everything else in the archive is passed over. Data streams, and
 * sizes and checksums of the archive are verified.
 *
 * @param wanted file names: `ratings.csv`.
 * @returns the names that were found.
 */
export async function unzip(
  archive: string,
  folder: string,
  wanted: readonly string[],
): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const zip = await openPromise(archive, { lazyEntries: true, autoClose: false });
  const found: string[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      const name = basename(entry.fileName);
      if (!wanted.includes(name) || entry.fileName.endsWith('/')) continue;
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(join(folder, name)));
      found.push(name);
    }
  } finally {
    zip.close();
  }
  return found;
}
