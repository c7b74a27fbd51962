import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';

/**
 * Extracts the wanted files of a ZIP archive into `folder`. Paths inside the archive are ignored, so that no file is
 * written outside of `folder`. Data is streamed; sizes and checksums are verified.
 *
 * @param wanted file names, such as `ratings.csv`.
 * @param limitBytes maximum size of an unpacked file. It is enforced during extraction, so that a small archive
 * cannot fill the disk.
 * @returns the names of the extracted files.
 * @throws Error when a file exceeds the limit or the archive is damaged.
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
        throw new Error(`${name} has ${entry.uncompressedSize} bytes unpacked; the limit is ${limitBytes}`);
      }
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(join(folder, name)));
      found.push(name);
    }
  } finally {
    zip.close();
  }
  return found;
}
