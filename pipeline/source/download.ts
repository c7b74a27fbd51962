import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { OperatorError } from '../lib/errors.ts';
import type { OnProgress } from '../lib/progress.ts';
import { type DownloadSource, downloadFile, failed, removeDownload, request } from './download-file.ts';
import { unzip } from './unzip.ts';

/** The GroupLens data sets that can be downloaded by name. */
export const DATASETS = ['ml-latest-small', 'ml-25m', 'ml-32m'] as const;
export type DatasetName = (typeof DATASETS)[number];

interface DownloadOptions {
  /** @default https://files.grouplens.org/datasets/movielens */
  readonly baseUrl?: string | undefined;
  readonly onProgress?: OnProgress;
  /** @default the global fetch */
  readonly fetch?: DownloadSource['fetch'] | undefined;
  /** @default the system timer */
  readonly sleep?: DownloadSource['sleep'];
}

const GROUPLENS = 'https://files.grouplens.org/datasets/movielens';
const EXTRACTED_FILES = ['ratings.csv', 'movies.csv', 'README.txt'];
const REMEDY =
  'Run it again to continue the download, or download and unpack the archive yourself and pass its folder with --data DIR.';

/**
 * Downloads a data set, verifies it with the MD5 that GroupLens publishes, and unpacks its ratings, movies and README
 * into `directory/name`. An interrupted download is kept in `name.zip.part`, and this call or the next one continues it.
 * An existing folder is returned unchanged.
 *
 * @returns the folder, for `readSource`.
 * @throws OperatorError `download-failed` with the URL and the reason, `usage` for an unknown name.
 */
export async function downloadDataset(
  name: DatasetName,
  directory: string,
  { baseUrl = GROUPLENS, onProgress, fetch = globalThis.fetch, sleep }: DownloadOptions = {},
): Promise<string> {
  if (!DATASETS.includes(name)) {
    const known = DATASETS.join(', ');
    throw new OperatorError(
      'usage',
      `There is no data set named ${String(name)}.`,
      `Choose one of ${known}.`,
    );
  }
  const folder = join(directory, name);
  if (existsSync(join(folder, 'ratings.csv'))) return folder;
  await mkdir(directory, { recursive: true });
  const at = (file: string): DownloadSource => ({
    url: new URL(`${baseUrl}/${file}`),
    fetch,
    remedy: REMEDY,
    sleep,
  });
  const source = at(`${name}.zip`);
  const archive = join(directory, `${name}.zip.part`);
  const md5 = await publishedMd5(at(`${name}.zip.md5`));
  await downloadFile(source, archive, onProgress);

  const actual = await md5Of(archive);
  if (actual !== md5) {
    await removeDownload(archive);
    throw failed(source, `its MD5 is ${actual}, but GroupLens publishes ${md5}`);
  }
  const unpacked = join(directory, `.${name}.unpacked`);
  await rm(unpacked, { recursive: true, force: true });
  onProgress?.({ stage: `unpacking ${name}`, done: 0, total: null, unit: 'files' });
  const found = await unzip(archive, unpacked, EXTRACTED_FILES).catch((error: unknown) => {
    throw failed(source, `the archive cannot be unpacked (${String(error)})`, error);
  });
  if (!found.includes('ratings.csv')) throw failed(source, 'the archive has no ratings.csv');
  await rm(folder, { recursive: true, force: true });
  await rename(unpacked, folder);
  await removeDownload(archive);
  return folder;
}

async function publishedMd5(source: DownloadSource): Promise<string> {
  const text = await request(source, async (response) => {
    if (response.ok) return response.text();
    const { status } = response;
    throw failed(
      source,
      `the server answered ${status}, and without this file the archive cannot be verified`,
    );
  });
  // Either `MD5 (ml-25m.zip) = 6b51…` or `6b51…  ml-25m.zip`.
  const md5 = /\b[0-9a-f]{32}\b/i.exec(text)?.[0];
  if (md5 === undefined) throw failed(source, 'it contains no MD5');
  return md5.toLowerCase();
}

async function md5Of(file: string): Promise<string> {
  const hash = createHash('md5');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
