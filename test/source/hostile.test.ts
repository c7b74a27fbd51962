import { execFile } from 'node:child_process';
import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflateRawSync, gzipSync } from 'node:zlib';
import pl from 'nodejs-polars';
import { expect, test } from 'vitest';
import { SOURCE_LIMITS } from '../../pipeline/source/containers/limits.ts';
import { identifySource, readSource } from '../../pipeline/source/read-source.ts';
import { folderWith } from './folder.ts';
import { zipArchive } from './zip-archive.ts';

const CSV = `userId,movieId,rating,timestamp\n${'1,296,5.0,1147880044\n'.repeat(1_000)}`;

/**
 * The limit of the process that reads: 1 GiB of data. It counts memory that can be written (RLIMIT_DATA). The address space
 * cannot be limited, because the engine reserves terabytes of it that it never uses.
 */
const DATA_LIMIT = 2 ** 30;

/** Reads a file in a process of its own under the limit. A crash rejects. */
async function readUnderLimit(path: string): Promise<{ ratings?: number; code?: string; message?: string }> {
  const { stdout } = await promisify(execFile)('prlimit', [
    `--data=${DATA_LIMIT}`,
    process.execPath,
    join(import.meta.dirname, '../support/reading-process.ts'),
    path,
  ]);
  return JSON.parse(stdout);
}

/** Files of other tests that run at the same time have other numbers. */
const isRunning = (pid: number): boolean => existsSync(`/proc/${pid}`);

async function refusalOf(path: string): Promise<string> {
  const outcome = await readUnderLimit(path);
  expect(outcome.code).toBe('source-unreadable');
  return outcome.message ?? '';
}

test('the limit is one: reading itself needs less, and a process that takes more is ended', async () => {
  const file = join(await folderWith({ 'r.csv': CSV }), 'r.csv');
  expect(await readUnderLimit(file)).toEqual({ ratings: 1_000 });
  const taking = ['-e', `Array.from({ length: 20 }, () => Buffer.alloc(${2 ** 26}, 1))`];
  await expect(
    promisify(execFile)('prlimit', [`--data=${DATA_LIMIT}`, process.execPath, ...taking]),
  ).rejects.toThrow();
});

test('a line of 1 GB is refused', async () => {
  const file = join(await folderWith({ 'r.csv': CSV }), 'r.csv');
  const handle = openSync(file, 'a');
  const block = Buffer.alloc(2 ** 26, '7');
  for (let written = 0; written < 2 ** 30; written += block.length) writeSync(handle, block);
  closeSync(handle);
  expect(await refusalOf(file)).toMatch(
    /the line at byte [\d,]+ has more than 1,048,576 bytes, which is the limit/,
  );
});

test('a million columns are refused, in CSV and in Parquet', async () => {
  const columns = Array.from({ length: 1_000_000 }, (_, at) => `m${at}`).join(',');
  const folder = await folderWith({
    'wide.csv': `${columns}\n${CSV}`,
    'few.csv': `${'a,'.repeat(5_000)}b\n1,2\n`,
  });
  expect(await refusalOf(join(folder, 'wide.csv'))).toMatch(/has [\d,]+ columns, and the limit is 1,000/);
  expect(await refusalOf(join(folder, 'few.csv'))).toContain('its first line has 5,001 columns');
  const wide = join(folder, 'wide.parquet');
  pl.DataFrame(Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`m${at}`, [1]]))).writeParquet(
    wide,
  );
  expect(await refusalOf(wide)).toContain('it has 2,000 columns, and the limit is 1,000');
});

test('a gzip that unpacks to 10 GB and a zip that unpacks to 128 MB are refused, and nothing of them remains', async () => {
  const block = Buffer.alloc(2 ** 27, '1,1,4.0,9\n');
  const member = gzipSync(block);
  const folder = await folderWith({
    'r.csv.gz': Buffer.concat(Array.from({ length: 80 }, () => member)),
    'r.zip': zipArchive({ 'ratings.csv': block.toString() }),
  });
  for (const name of ['r.csv.gz', 'r.zip']) {
    expect(await refusalOf(join(folder, name))).toMatch(/unpack to more than 200 times their size/);
  }
  const left = (await readdir(tmpdir())).filter((each) => each.startsWith('cinematch-unpacked-'));
  expect(left.filter((each) => !isRunning(Number(each.split('-')[2])))).toEqual([]);
});

test('a zip whose directory states another size than its data has is damaged', async () => {
  const archive = zipArchive({ 'ratings.csv': CSV });
  const data = deflateRawSync(CSV);
  // The size that the directory states: 24 bytes after its mark.
  const at = archive.lastIndexOf(Buffer.from('504b0102', 'hex')) + 24;
  archive.writeUInt32LE(10, at);
  expect(archive.includes(data)).toBe(true);
  const file = join(await folderWith({ 'r.zip': archive }), 'r.zip');
  expect(await refusalOf(file)).toContain('it is damaged');
});

test('a damaged or cut gzip is refused', async () => {
  const packed = gzipSync(CSV);
  const cut = join(await folderWith({ 'r.csv.gz': packed.subarray(0, packed.length - 20) }), 'r.csv.gz');
  expect(await refusalOf(cut)).toContain('it is damaged (unexpected end of file)');
});

/** A Parquet file of 5,000 ratings, and the position of its description. */
async function parquetFile(): Promise<{ bytes: Buffer; footer: number; file: string }> {
  const file = join(await folderWith(), 'r.parquet');
  const column = (value: (row: number) => number) => Array.from({ length: 5_000 }, (_, row) => value(row));
  pl.DataFrame({
    userId: column((row) => row + 1),
    movieId: column((row) => (row % 50) + 1),
    rating: column(() => 4),
    timestamp: column((row) => 1e9 + row),
  }).writeParquet(file);
  const bytes = await readFile(file);
  return { bytes, footer: bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8), file };
}

test('a Parquet file that states a longer description than it has is refused', async () => {
  const { bytes, file } = await parquetFile();
  bytes.writeUInt32LE(0xff_ff_ff_f0, bytes.length - 8);
  await writeFile(file, bytes);
  expect(await refusalOf(file)).toMatch(/state a description of 4 GiB, but the file has/);
  await writeFile(file, bytes.subarray(0, bytes.length - 3));
  expect(await refusalOf(file)).toContain('does not end as Parquet');
});

test('Parquet descriptions with random damage end no process', async () => {
  const { bytes, footer, file } = await parquetFile();
  // Without the check of the description about one in twenty ended the process (seeds 9 and 17 among them).
  for (const seed of [9, 17, 23, 31]) {
    const damaged = Buffer.from(bytes);
    let state = seed * 7919;
    const random = (): number => {
      state = (state * 1103515245 + 12345) & 0x7fffffff;
      return state / 0x7fffffff;
    };
    for (let left = 1 + Math.floor(random() * 3); left > 0; left--) {
      const at = footer + Math.floor(random() * (bytes.length - 8 - footer));
      damaged[at] = Math.floor(random() * 256);
    }
    await writeFile(file, damaged);
    const outcome = await readUnderLimit(file);
    expect(outcome.code ?? outcome.ratings).toBeDefined();
  }
});

test('a pipe is read once and copied, up to a limit of bytes and of silence', async () => {
  const folder = await folderWith();
  const pipe = async (name: string, command: string): Promise<string> => {
    const path = join(folder, name);
    await promisify(execFile)('mkfifo', [path]);
    execFile('sh', ['-c', `${command} > "$0"`, path]);
    return path;
  };
  await writeFile(join(folder, 'r.csv'), CSV);
  const whole = await pipe('whole', `cat ${join(folder, 'r.csv')}`);
  expect((await readSource(whole)).raw.length).toBe(1_000);
  expect((await identifySource(whole)).sha256).toBe((await identifySource(join(folder, 'r.csv'))).sha256);
  const limits = { ...SOURCE_LIMITS, unpackedBytes: 2 ** 20, silenceMs: 200 };
  await expect(readSource(await pipe('endless', 'yes 1,2,3,4'), { limits })).rejects.toMatchObject({
    code: 'source-unreadable',
    message: expect.stringMatching(/endless cannot be read: it has more than 1 MiB, which is the limit/),
  });
  for (const [name, command] of [
    ['silent', 'sleep 3'],
    ['stopped', 'echo userId,movieId; sleep 3'],
  ] as const) {
    await expect(readSource(await pipe(name, command), { limits })).rejects.toMatchObject({
      message: expect.stringContaining('nothing arrived from it for 0.2 s, which is the limit'),
    });
  }
});

test('a device is refused', async () => {
  await expect(readSource('/dev/zero')).rejects.toMatchObject({
    message: expect.stringContaining('it is a device or a socket'),
  });
});

test('a file that grows while it is read is refused, and so is one that changed since it was identified', async () => {
  const file = join(await folderWith({ 'r.csv': CSV }), 'r.csv');
  const growing = readSource(file, {
    onProgress: ({ done }) => {
      if (done > 0) writeSync(handle, '2,2,3.0,1147880044\n');
    },
  });
  const handle = openSync(file, 'a');
  await expect(growing).rejects.toMatchObject({
    message: expect.stringMatching(/it had 21,032 bytes and then 21,051 while it was read\.$/),
  });
  const { files } = await identifySource(file);
  writeSync(handle, '3,2,3.0,1147880044\n');
  closeSync(handle);
  await expect(readSource(file, { unchanged: files })).rejects.toMatchObject({ code: 'source-unreadable' });
});
