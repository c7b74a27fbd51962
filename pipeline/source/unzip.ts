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
 * @param limitBytes what one file may unpack to. Sizes are verified while data streams, so a small archive
 * cannot fill the disk.
 * @returns the names that were found.
 * @throws Error for a file beyond the limit and for an archive that is damaged.
 */
export async function unzip(
  archive: string,
  folder: string,
  wanted: readonly string[],
  limitBytes = Number.POSITIVE_INFINITY,
): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const zip = await openPromise(archive, { lazyEntries: true, autoClose: false });
  const found: string[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      const name = basename(entry.fileName);
      if (!wanted.includes(name) || entry.fileName.endsWith('/')) continue;
      if (entry.uncompressedSize > limitBytes) {
        throw new Error(`${name} unpacks to ${entry.uncompressedSize} bytes; ${limitBytes} are accepted`);
      }
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(join(folder, name)));
      found.push(name);
    }
  } finally {
    zip.close();
  }
  return found;
}
