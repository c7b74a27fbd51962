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
export const DATASETS = [
  'ml-latest-small',
  'ml-100k',
  'ml-1m',
  'ml-10m',
  'ml-20m',
  'ml-25m',
  'ml-32m',
] as const;
export type DatasetName = (typeof DATASETS)[number];

interface DownloadOptions {
  /** @default https://files.grouplens.org/datasets/movielens */
  readonly baseUrl?: string | undefined;
  readonly onProgress?: OnProgress;
  /** @default the global fetch */
  readonly fetch?: DownloadSource['fetch'] | undefined;
  /** @default the system timer */
  readonly sleep?: DownloadSource['sleep'];
  /** The MD5 of the archive. @default as GroupLens publishes it */
  readonly md5?: string | undefined;
}

/**
 * The MD5 of the data sets that no longer change, as GroupLens published it. For the others it is requested beside the
 * archive.
 */
const PUBLISHED_MD5: Partial<Record<DatasetName, string>> = {
  'ml-100k': '0e33842e24a9c977be4e0107933c0723',
  'ml-1m': 'c4d9eecfca2ab87c1945afe126590906',
  'ml-10m': 'ce571fd55effeba0271552578f2648bd',
  'ml-20m': 'cd245b17a1ae2cc31bb14903e1204af3',
};

const GROUPLENS = 'https://files.grouplens.org/datasets/movielens';
/** The ratings files of the data sets. */
const RATINGS_FILES = ['ratings.csv', 'ratings.dat', 'u.data'];
const EXTRACTED_FILES = [
  ...RATINGS_FILES,
  'movies.csv',
  'links.csv',
  'movies.dat',
  'u.item',
  'README.txt',
  'README.html',
  'README',
];
const REMEDY =
  'Run it again to continue the download, or download and unpack the archive yourself and pass its folder with --data DIR.';

/**
 * Downloads a data set, verifies it with the MD5 that GroupLens publishes, and unpacks its ratings, movies, links and README
 * into `directory/name`. An interrupted download is kept in `name.zip.part`, and this call or the next one continues it.
 * An existing folder is returned unchanged.
 *
 * @returns the folder, for `readSource`.
 * @throws OperatorError `download-failed` with the URL and the reason, `usage` for an unknown name.
 */
export async function downloadDataset(
  name: DatasetName,
  directory: string,
  { baseUrl = GROUPLENS, onProgress, fetch = globalThis.fetch, sleep, md5: givenMd5 }: DownloadOptions = {},
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
  if (RATINGS_FILES.some((file) => existsSync(join(folder, file)))) return folder;
  await mkdir(directory, { recursive: true });
  const at = (file: string): DownloadSource => ({
    url: new URL(`${baseUrl}/${file}`),
    fetch,
    remedy: REMEDY,
    sleep,
  });
  const source = at(`${name}.zip`);
  const archive = join(directory, `${name}.zip.part`);
  const md5 = givenMd5 ?? PUBLISHED_MD5[name] ?? (await publishedMd5(at(`${name}.zip.md5`)));
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
  if (!RATINGS_FILES.some((file) => found.includes(file))) {
    throw failed(source, 'the archive has no file of ratings');
  }
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
