import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import pl from 'nodejs-polars';
import { expect, test } from 'vitest';
import { validateRatings } from '../../pipeline/ratings/validate.ts';
import { digestSource, identifySource, readSource, type Source } from '../../pipeline/source/read-source.ts';
import { folderWith } from './folder.ts';
import { zipArchive } from './zip-archive.ts';

const HEADER = 'userId,movieId,rating,timestamp\n';
const CSV = `${HEADER}1,296,5.0,1147880044\n1,306,3.5,1147868817\n2,1,4.0,1141415820\n`;
const MOVIES = 'movieId,title,genres\n1,Toy Story (1995),Comedy\n296,Pulp Fiction (1994),Crime\n';
const ROWS = [
  [1, 296, 5, 1_147_880_044],
  [1, 306, 3.5, 1_147_868_817],
  [2, 1, 4, 1_141_415_820],
];

const rowsOf = ({ raw }: Source): number[][] =>
  Array.from({ length: raw.length }, (_, i) => [
    raw.userIds[i] as number,
    raw.movieIds[i] as number,
    raw.stars[i] as number,
    raw.timestamps[i] as number,
  ]);

/** Writes files with their folders. */
async function treeOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const root = await folderWith();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), content);
  }
  return root;
}

const unpackedFolders = async (): Promise<readonly string[]> =>
  (await readdir(tmpdir())).filter((name) => name.startsWith(`cinematch-unpacked-${process.pid}-`));

test.each([
  ['gzip', 'ratings.csv.gz', gzipSync(CSV)],
  ['gzip of two members', 'r.csv.gz', Buffer.concat([gzipSync(HEADER), gzipSync(CSV.slice(HEADER.length))])],
  ['Zstandard', 'ratings.csv.zst', zstdCompressSync(CSV)],
  ['a name that says nothing', 'export', gzipSync(CSV)],
  ['a zip', 'export.zip', zipArchive({ 'ratings.csv': CSV })],
  [
    'a zip with a folder and companions',
    'ml.zip',
    zipArchive({ 'ml/README.txt': 'x', 'ml/links.csv': 'movieId\n1\n', 'ml/ratings.csv': CSV }),
  ],
  ['UTF-16 with a mark', 'r.csv', Buffer.from(`\uFEFF${CSV}`, 'utf16le')],
  ['big-endian UTF-16 with a mark', 'r.csv', Buffer.from(`\uFEFF${CSV}`, 'utf16le').swap16()],
  ['UTF-16 in gzip', 'r.csv.gz', gzipSync(Buffer.from(`\uFEFF${CSV}`, 'utf16le'))],
  ['lines that end with CR', 'r.csv', CSV.replaceAll('\n', '\r')],
])('%s is read, and nothing unpacked remains', async (_, name, content) => {
  const folder = await folderWith({ [name]: content });
  // What came from a pipe is kept until the process ends.
  const before = await unpackedFolders();
  expect(rowsOf(await readSource(join(folder, name)))).toEqual(ROWS);
  expect(rowsOf(await readSource(folder))).toEqual(ROWS);
  expect(await unpackedFolders()).toEqual(before);
});

test('the movies of an archive are those inside, or those beside it', async () => {
  const inside = await folderWith({
    'ml.zip': zipArchive({ 'ml/ratings.csv': CSV, 'ml/movies.csv': MOVIES }),
  });
  expect((await readSource(join(inside, 'ml.zip'))).movies).toHaveLength(2);
  const beside = await folderWith({
    'r.zip': zipArchive({ 'r.csv': CSV }),
    'movies.csv.gz': gzipSync(MOVIES),
  });
  expect((await readSource(join(beside, 'r.zip'))).movies).toHaveLength(2);
});

test.each([
  [
    'a folder in a folder',
    { 'ml/ratings.csv': CSV, 'ml/movies.csv': MOVIES, 'ml/tags.csv': 'a\n', '__MACOSX/x': 'y' },
  ],
  ['the names of Kaggle', { 'rating.csv': CSV, 'movie.csv': MOVIES, 'genome_scores.csv': 'movieId,tagId\n' }],
  ['capital letters', { 'Ratings.csv': CSV, 'Movies.csv': MOVIES }],
])('%s', async (_, files) => {
  const source = await readSource(await treeOf(files));
  expect(rowsOf(source)).toEqual(ROWS);
  expect(source.movies.map(({ title }) => title)).toEqual(['Toy Story', 'Pulp Fiction']);
});

const parquet = (rows: readonly (readonly number[])[]): Buffer =>
  pl
    .DataFrame(
      Object.fromEntries(
        ['userId', 'movieId', 'rating', 'timestamp'].map((name, at) => [name, rows.map((row) => row[at])]),
      ),
    )
    .writeParquet() as unknown as Buffer;

test('the partitions of a table are read as one, and rejected rows name their file', async () => {
  const [first, ...rest] = ROWS as [number[], ...number[][]];
  const root = await treeOf({
    'ratings/year=2005/part-0.parquet': parquet([first]),
    'ratings/year=2006/part-0.parquet': parquet([...rest, [3, 1, 9, 1]]),
    'ratings/_SUCCESS': '',
    'movies.csv': MOVIES,
  });
  const source = await readSource(join(root, 'ratings'));
  expect(rowsOf(source).slice(0, 3)).toEqual(ROWS);
  expect(source.movies).toHaveLength(2);
  expect(source.notes[0]).toBe('2 files are read as one: year=2005/part-0.parquet, year=2006/part-0.parquet');
  const { rejects } = validateRatings(source.raw, 2_000_000_000);
  expect(rejects.firstDamaged(1)).toEqual([
    {
      rowNumber: 4,
      reason: 'rating-invalid',
      content: 'year=2006/part-0.parquet, row 3: user 3, movie 1, rating 9, timestamp 1',
    },
  ]);
});

test('the parts of Spark are read as one, by their numbers, without the empty ones', async () => {
  const lines = CSV.trim().split('\n').slice(1);
  const root = await treeOf({
    'ratings.csv/_SUCCESS': '',
    'ratings.csv/.part-00000-a.csv.crc': 'x',
    'ratings.csv/part-00010-a.csv': `${HEADER}${lines[2]}\n`,
    'ratings.csv/part-00002-a.csv': `${HEADER}${lines[0]}\n\n${lines[1]}\n\n`,
    'ratings.csv/part-00003-a.csv': '',
  });
  for (const path of [root, join(root, 'ratings.csv')]) {
    const source = await readSource(path);
    expect(rowsOf(source).filter((row) => !Number.isNaN(row[0]))).toEqual(ROWS);
    expect(source.raw.parts?.map(({ firstRowNumber, from }) => [from, firstRowNumber])).toEqual([
      [0, 2],
      [3, 2],
    ]);
  }
});

test('files that are not used are named, and so is one that seems to have the movies', async () => {
  const { notes } = await readSource(
    await treeOf({ 'ratings.csv': CSV, 'catalogue.csv': MOVIES, 'notes.md': '# Notes' }),
  );
  expect(notes).toEqual([
    'not used: catalogue.csv, notes.md',
    'there is no file of movies beside the ratings; catalogue.csv may be one: name it movies.csv',
  ]);
});

test('only an empty folder is called empty', async () => {
  await expect(readSource(await folderWith())).rejects.toMatchObject({
    message: expect.stringMatching(/has no ratings file; it is empty\.$/),
  });
  await expect(readSource(await treeOf({ 'a/README': 'x', 'b/c/tags.csv': 'y\n' }))).rejects.toMatchObject({
    message: expect.stringMatching(/has no ratings file; it has a\/, b\/\.$/),
  });
});

test('the digest is of the files as they are found', async () => {
  const [packed, plain] = [
    await folderWith({ 'r.csv.gz': gzipSync(CSV) }),
    await folderWith({ 'r.csv': CSV }),
  ];
  expect(await digestSource(packed)).not.toBe(await digestSource(plain));
  expect(await digestSource(packed)).toBe(await digestSource(join(packed, 'r.csv.gz')));
});

test('an https URL is downloaded once, and another kind is refused', async () => {
  const requested: string[] = [];
  const fetch = (async (url: URL | string) => {
    requested.push(String(url));
    return new Response(gzipSync(CSV), { headers: { 'content-type': 'application/gzip' } });
  }) as typeof globalThis.fetch;
  const url = 'https://data.example.org/2026/ratings.csv.gz?key=1';
  expect(rowsOf(await readSource(url, { fetch }))).toEqual(ROWS);
  const { name } = await readSource(url, { fetch });
  expect({ name, requested }).toEqual({ name: 'ratings.csv.gz', requested: [url] });
  await expect(readSource('http://data.example.org/r.csv', { fetch })).rejects.toMatchObject({
    code: 'input-invalid',
    message: expect.stringContaining('is not an https URL'),
  });
});

test('a file is identified by its bytes, also when its columns have to be named', async () => {
  const file = join(await folderWith({ 'r.csv': 'a,b,c,d\n1,2,3.5,1147880044\n' }), 'r.csv');
  const { sha256, files } = await identifySource(file);
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  const columns = { user: 'a', movie: 'b', rating: 'c', time: 'd' };
  expect(rowsOf(await readSource(file, { columns, unchanged: files }))).toEqual([[1, 2, 3.5, 1_147_880_044]]);
  await expect(readSource(file)).rejects.toMatchObject({ code: 'source-unknown-layout' });
});
