import { createReadStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { type Entry, openPromise } from 'yauzl';
import { OperatorError } from '../../lib/errors.ts';
import { readPart } from '../layout.ts';
import { unpackedName } from '../source-names.ts';
import { overLimit, refused } from './limits.ts';
import { pathIn, type Workspace } from './workspace.ts';

/** What a file is by its first bytes. Everything without a known mark is text. */
export type Container = 'gzip' | 'zstd' | 'zip' | 'parquet' | 'text';

/** First bytes of each kind: RFC 1952, RFC 8878, PKWARE APPNOTE 6.3 (an empty archive too), Apache Parquet. */
const MARKS: readonly (readonly [hex: string, Container])[] = [
  ['1f8b', 'gzip'],
  ['28b52ffd', 'zstd'],
  ['504b0304', 'zip'],
  ['504b0506', 'zip'],
  ['50415231', 'parquet'],
];

/** Formats that are told from text, but are not read. */
const FOREIGN: readonly (readonly [hex: string, name: string])[] = [
  ['425a68', 'bzip2'],
  ['fd377a585a00', 'xz'],
  ['377abcaf271c', '7-Zip'],
  ['52617221', 'RAR'],
  ['53514c69746520666f726d6174', 'SQLite'],
  ['4f626a01', 'Avro'],
  ['4f5243', 'ORC'],
  ['4152524f5731', 'Arrow IPC'],
  ['89484446', 'HDF5'],
  ['d0cf11e0', 'old Excel'],
];
const MARK_BYTES = 16;

/** Recognises the container of a file. */
export async function containerOf(file: string, name: string): Promise<Container> {
  const hex = (await readPart(file, 0, MARK_BYTES)).toString('hex');
  const foreign = FOREIGN.find(([mark]) => hex.startsWith(mark))?.[1];
  if (foreign !== undefined) {
    throw refused(
      name,
      `it is a ${foreign} file, which is not read`,
      'Convert it to CSV or Parquet, alone or in .gz, .zst or .zip.',
    );
  }
  return MARKS.find(([mark]) => hex.startsWith(mark))?.[1] ?? 'text';
}

/**
 * Unpacks a file of gzip or Zstandard, which may have several members.
 *
 * @throws OperatorError `source-unreadable` when it is damaged or exceeds a limit.
 */
export async function unpackFile(
  file: string,
  container: 'gzip' | 'zstd',
  name: string,
  workspace: Workspace,
): Promise<string> {
  const unpacked = await pathIn(workspace, unpackedName(basename(file)));
  const unpack = container === 'gzip' ? createGunzip() : createZstdDecompress();
  const origin = { origin: name, packedBytes: (await stat(file)).size };
  return damagedAs(name, () => workspace.write(createReadStream(file), [unpack], unpacked, origin));
}

/**
 * Unpacks an archive into a new folder, with the folders inside of it.
 *
 * @param isWanted whether a file can be of use, by its name without folders.
 * @throws OperatorError `source-unreadable` when it is damaged, encrypted or exceeds a limit.
 */
export async function unpackArchive(
  file: string,
  name: string,
  workspace: Workspace,
  isWanted: (name: string) => boolean,
): Promise<{ readonly folder: string; readonly left: readonly string[] }> {
  const folder = await workspace.folder();
  const left: string[] = [];
  await damagedAs(name, async () => {
    const zip = await openPromise(file, { lazyEntries: true, autoClose: false });
    try {
      if (zip.entryCount > workspace.limits.files) throw tooMany(name, zip.entryCount, workspace);
      for await (const entry of zip.eachEntry()) {
        if (entry.fileName.endsWith('/')) continue;
        if (!isWanted(basename(entry.fileName))) left.push(entry.fileName);
        else await unpackEntry(entry, folder);
      }
    } finally {
      zip.close();
    }
    async function unpackEntry(entry: Entry, into: string): Promise<void> {
      const path = join(into, entry.fileName);
      await mkdir(dirname(path), { recursive: true });
      if (entry.isEncrypted()) {
        throw refused(
          name,
          `${entry.fileName} in it is encrypted`,
          'Unpack it with its password, and pass the folder.',
        );
      }
      const origin = { origin: `${name}/${entry.fileName}`, packedBytes: entry.compressedSize };
      await workspace.write(await zip.openReadStreamPromise(entry), [], path, origin);
    }
  });
  return { folder, left };
}

const tooMany = (name: string, count: number, { limits }: Workspace) =>
  overLimit(
    name,
    `it has ${count.toLocaleString('en')} files, and the limit is ${limits.files.toLocaleString('en')}`,
    'Pass the file of ratings alone.',
  );

/** Runs `work`; a failure of the format becomes an error that names the file. */
async function damagedAs<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof OperatorError || 'syscall' in error) throw error;
    throw refused(name, `it is damaged (${error.message})`, 'Download or copy it again.', error);
  }
}
