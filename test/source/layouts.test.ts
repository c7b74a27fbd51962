import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pl from 'nodejs-polars';
import { expect, test } from 'vitest';
import type { RawRatings } from '../../pipeline/ratings/raw.ts';
import { withSourceFiles } from '../../pipeline/source/locate.ts';
import { digestSource, readSource } from '../../pipeline/source/read-source.ts';
import { folderWith } from './folder.ts';

/** user, movie, stars, seconds of each row. */
const rows = (raw: RawRatings): number[][] =>
  Array.from({ length: raw.length }, (_, i) => [
    raw.userIds[i] as number,
    raw.movieIds[i] as number,
    raw.stars[i] as number,
    raw.timestamps[i] as number,
  ]);

const RATINGS = [
  [1, 296, 5, 1_147_880_044],
  [1, 306, 3.5, 1_147_868_817],
  [2, 1, 4, 1_141_415_820],
];
const CSV = `userId,movieId,rating,timestamp
1,296,5.0,1147880044
1,306,3.5,1147868817
2,1,4.0,1141415820
`;
const withSeparator = (separator: string): string => RATINGS.map((row) => row.join(separator)).join('\n');

const ratingsFileOf = (path: string) => withSourceFiles(path, {}, async ({ parts }) => parts[0]?.file);

async function readFileNamed(name: string, content: string | Uint8Array) {
  const folder = await folderWith({ [name]: content });
  return readSource(join(folder, name));
}

test('ratings.csv of the newer MovieLens sets is read', async () => {
  const { raw, layout, name } = await readFileNamed('ratings.csv', CSV);
  expect(rows(raw)).toEqual(RATINGS);
  expect({ layout, name, firstRowNumber: raw.firstRowNumber }).toEqual({
    layout: 'csv',
    name: 'ratings.csv',
    firstRowNumber: 2,
  });
});

test.each([
  ['u1.base, tabs', 'u1.base', withSeparator('\t'), 'tsv'],
  ['ratings.dat, double colons', 'ratings.dat', withSeparator('::'), 'dat'],
  ['a CSV named .txt', 'export.txt', CSV, 'csv'],
  ['commas without a header', 'rows', withSeparator(','), 'csv'],
])('the layout is told by content: %s', async (_, name, content, layout) => {
  const source = await readFileNamed(name, content);
  expect(rows(source.raw)).toEqual(RATINGS);
  expect(source.layout).toBe(layout);
});

test('a byte order mark, CRLF and a blank line at the end do not count as rows', async () => {
  const { raw } = await readFileNamed('r.csv', `\uFEFF${CSV.replaceAll('\n', '\r\n')}\r\n`);
  expect(rows(raw)).toEqual(RATINGS);
});

test('columns are found by name, in any order and among others', async () => {
  const { raw } = await readFileNamed(
    'r.csv',
    'rated_at,title,rating,user_id,movie_id\n1147880044,Pulp Fiction,5,1,296\n',
  );
  expect(rows(raw)).toEqual([[1, 296, 5, 1_147_880_044]]);
});

test('quoted and padded values are read', async () => {
  const { raw } = await readFileNamed(
    'r.csv',
    '"userId","movieId","rating","timestamp"\n"1","296"," 5.0","9"\n',
  );
  expect(rows(raw)).toEqual([[1, 296, 5, 9]]);
});

test('a damaged row keeps its position and its readable values', async () => {
  const { raw } = await readFileNamed(
    'r.csv',
    `${CSV}x,2,?,100\n3,4\n\n5,6,3.0,7,8\n1.5,99999999999,1e3,5\n`,
  );
  const missing = Number.NaN;
  expect(rows(raw).slice(3)).toEqual([
    [missing, 2, missing, 100],
    [3, 4, missing, missing],
    [missing, missing, missing, missing],
    [5, 6, 3, 7],
    [1.5, 99_999_999_999, 1000, 5],
  ]);
});

test('a single quotation mark does not hide later lines', async () => {
  const good = '1,296,5.0,1147880044\n'.repeat(30);
  const { raw } = await readFileNamed('r.csv', `userId,movieId,rating,timestamp\n${good}2,1,"4.0,9\n${good}`);
  expect(raw.length).toBe(61);
  expect(raw.unreadable).toEqual([30]);
  expect(rows(raw)[31]).toEqual([1, 296, 5, 1_147_880_044]);
});

test.each([
  ['an empty file', ''],
  ['a file with a header only', 'userId,movieId,rating,timestamp\n'],
  ['a header without a line end', 'userId,movieId,rating,timestamp'],
])('%s is zero ratings', async (_, content) => {
  expect((await readFileNamed('ratings.csv', content)).raw.length).toBe(0);
});

test('Parquet with MovieLens column names and dates is read', async () => {
  const folder = await folderWith();
  const file = join(folder, 'week.parquet');
  pl.DataFrame([
    pl.Series('timestamp', [new Date(1_147_880_044_000), null], pl.Datetime('us')),
    pl.Series('userId', [1, 2], pl.Int64),
    pl.Series('movieId', [296, null], pl.Int32),
    pl.Series('rating', [3.5, 4], pl.Float32),
  ]).writeParquet(file);
  const { raw, layout } = await readSource(file);
  expect(layout).toBe('parquet');
  expect(raw.firstRowNumber).toBe(1);
  expect(rows(raw)).toEqual([
    [1, 296, 3.5, 1_147_880_044],
    [2, Number.NaN, 4, Number.NaN],
  ]);
});

test('a file with an unknown layout is refused, and the message shows its beginning', async () => {
  const folder = await folderWith({ 'links.csv': 'movieId,imdbId,tmdbId\n1,0114709,862\n' });
  await expect(readSource(join(folder, 'links.csv'))).rejects.toMatchObject({
    code: 'source-unknown-layout',
    message: expect.stringContaining(
      'links.csv is not a known layout of ratings. It begins: movieId,imdbId,tmdbId',
    ),
    remedy: expect.stringContaining('u.data'),
  });
});

test('a missing file and a damaged Parquet file are unreadable', async () => {
  const folder = await folderWith({ 'damaged.parquet': 'PAR1 and nothing more' });
  await expect(readSource(join(folder, 'nowhere.csv'))).rejects.toMatchObject({
    code: 'source-unreadable',
    message: expect.stringContaining('nowhere.csv cannot be read: it does not exist'),
  });
  await expect(readSource(join(folder, 'damaged.parquet'))).rejects.toMatchObject({
    code: 'source-unreadable',
  });
});

test('in a folder of MovieLens 100K u.data is read, not one of its parts', async () => {
  const whole = withSeparator('\t');
  const folder = await folderWith({
    'u.data': whole,
    'u1.base': '1\t1\t1\t1\n',
    'u1.test': '1\t2\t1\t1\n',
    README: 'x',
  });
  const source = await readSource(folder);
  expect(await ratingsFileOf(folder)).toBe(join(folder, 'u.data'));
  expect(source.raw.length).toBe(3);
});

test('the only ratings file of a folder is found under any name', async () => {
  const folder = await folderWith({
    'notes.md': '# Notes',
    'links.csv': 'movieId,imdbId\n1,2\n',
    export: CSV,
  });
  expect(await ratingsFileOf(folder)).toBe(join(folder, 'export'));
});

test('a folder with several ratings files is refused, and the message lists them', async () => {
  const folder = await folderWith({ 'week-01.csv': CSV, 'week-02.csv': CSV });
  await expect(readSource(folder)).rejects.toMatchObject({
    code: 'source-unknown-layout',
    message: expect.stringContaining('has 2 ratings files: week-01.csv, week-02.csv.'),
  });
});

test('a folder without ratings is refused, and the message lists its files', async () => {
  const folder = await folderWith({ README: 'x' });
  await expect(readSource(folder)).rejects.toMatchObject({
    message: expect.stringContaining('has no ratings file; it has README'),
  });
});

test('the digest covers the bytes of ratings and movies', async () => {
  const movies = 'movieId,title,genres\n1,A (1999),Drama\n';
  const folder = await folderWith({ 'ratings.csv': CSV, 'movies.csv': movies });
  const expected = createHash('sha256').update(CSV).update(movies).digest('hex');
  expect(await digestSource(folder)).toBe(expected);
  expect(await digestSource(join(folder, 'ratings.csv'))).toBe(expected);
  await writeFile(join(folder, 'ratings.csv'), `${CSV}3,1,4.0,1141415821\n`);
  expect(await digestSource(folder)).not.toBe(expected);
});

test.each([
  [
    'what,who,rating,timestamp\n7,1,4.0,1147880045\n8,2,3.0,1147880046\n',
    'Its columns are what, who, rating, timestamp; none of them is known to be the user, the movie.',
  ],
  [
    'userId,user_id,movieId,rating,timestamp\n1,2,3,4.0,9\n',
    'Its columns are userId, user_id, movieId, rating, timestamp; two of them can be the user: userId and user_id.',
  ],
])('a header that leaves a column open is refused, and never read by position: %#', async (content, seen) => {
  await expect(readFileNamed('r.csv', content)).rejects.toMatchObject({
    code: 'source-unknown-layout',
    message: expect.stringContaining(seen),
    remedy: expect.stringContaining('Name the columns: --columns'),
  });
});

test('Parquet with unknown columns is refused, and the message lists them', async () => {
  const file = join(await folderWith(), 'week.parquet');
  pl.DataFrame([pl.Series('what', [1]), pl.Series('user', [2]), pl.Series('rating', [3])]).writeParquet(file);
  await expect(readSource(file)).rejects.toMatchObject({
    code: 'source-unknown-layout',
    message: expect.stringContaining(
      'Its columns are what, user, rating; none of them is known to be the movie',
    ),
  });
});

test('an id counts before a title of a similar name, wherever it is', async () => {
  const { raw } = await readFileNamed(
    'r.csv',
    'movie,user,movieId,userId,rating,timestamp\nHeat,ann,6,1,4,9\n',
  );
  expect(rows(raw)).toEqual([[1, 6, 4, 9]]);
});

test('named columns are read by these names, and others are suggested for a wrong one', async () => {
  const folder = await folderWith({ 'r.csv': 'what,who,rating,timestamp\n7,1,4.0,9\n' });
  const file = join(folder, 'r.csv');
  const { raw } = await readSource(file, { columns: { user: 'who', movie: 'What' } });
  expect(rows(raw)).toEqual([[1, 7, 4, 9]]);
  await expect(readSource(file, { columns: { user: 'who', movie: 'whatt' } })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('There is no column whatt for movie'),
    remedy: 'Did you mean movie=what?',
  });
  await expect(readSource(file, { columns: {} })).rejects.toMatchObject({
    remedy: expect.stringContaining('--columns user=NAME,movie=NAME,rating=NAME,time=NAME'),
  });
});

test('a file without a header is read in the order user, movie, rating, time, or by named positions', async () => {
  const folder = await folderWith({ 'r.csv': '7,1,4.0,9\n8,2,3.0,10\n' });
  const file = join(folder, 'r.csv');
  expect(rows((await readSource(file)).raw)[0]).toEqual([7, 1, 4, 9]);
  const columns = { user: '2', movie: '1', rating: '3', time: '4' };
  expect(rows((await readSource(file, { columns })).raw)[0]).toEqual([1, 7, 4, 9]);
  await expect(readSource(file, { columns: { ...columns, time: '5' } })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('There is no column 5 for time; the file has 4 columns'),
  });
  await expect(readSource(file, { columns: { user: 'customer' } })).rejects.toMatchObject({ code: 'usage' });
});

test('a time that is missing is refused, unless the caller accepts ratings without times', async () => {
  const folder = await folderWith({
    'none.csv': 'userId,movieId,rating\n1,2,3.5\n',
    'empty.csv': 'userId,movieId,rating,timestamp\n1,2,3.5,\n',
    'timed.csv': CSV,
  });
  const read = (name: string, columns = {}) => readSource(join(folder, name), { times: 'optional', columns });
  await expect(readSource(join(folder, 'none.csv'))).rejects.toMatchObject({
    message: expect.stringContaining('there is no column of times'),
  });
  for (const name of ['none.csv', 'empty.csv']) {
    const { raw, hasTimes } = await read(name);
    expect({ hasTimes, rows: rows(raw) }).toEqual({ hasTimes: false, rows: [[1, 2, 3.5, Number.NaN]] });
  }
  expect((await read('timed.csv')).hasTimes).toBe(true);
  expect((await read('timed.csv', { time: 'none' })).hasTimes).toBe(false);
});

test('times as text are read as UTC, with a time zone where there is one', async () => {
  const { raw } = await readFileNamed(
    'r.csv',
    [
      'userId,movieId,rating,timestamp',
      '1,1,4.0,2005-04-02 23:53:47',
      '1,2,4.0,2005-04-02T23:53:47Z',
      '1,3,4.0,"2005-04-03T01:53:47.9+02:00"',
      '1,4,4.0,2005-04-02',
      '1,5,4.0,yesterday\n',
    ].join('\n'),
  );
  // date -u -d '2005-04-02 23:53:47' +%s
  const seconds = 1_112_486_027;
  expect([...raw.timestamps]).toEqual([seconds, seconds, seconds, 1_112_400_000, Number.NaN]);
});

test('a comma inside of quotation marks separates nothing', async () => {
  const { raw } = await readFileNamed(
    'r.csv',
    'movieId,title,userId,rating,timestamp\n1,Heat,1,4.0,9\n11,"American President, The (1995)",2,3.0,10\n',
  );
  expect(rows(raw)).toEqual([
    [1, 1, 4, 9],
    [2, 11, 3, 10],
  ]);
});

test.each([
  ['German', 'Bewertung;Benutzer-ID;Film-ID;Zeitstempel\n3,5;1;296;1147880044\n'],
  ['Spanish', 'id_usuario|id_pelicula|calificación|fecha\n1|296|3.5|2006-05-17 15:34:04\n'],
  ['Japanese', 'ユーザーID,映画ID,評価,時間\n1,296,3.5,1147880044\n'],
  ['Russian', 'пользователь;фильм;оценка;время\n1;296;3.5;1147880044\n'],
  ['RecBole', 'user_id:token\titem_id:token\trating:float\ttimestamp:float\n1\t296\t3.5\t1147880044\n'],
  ['a stated separator', 'sep=;\nuserId;movieId;rating;timestamp\n1;296;3.5;1147880044\n'],
  ['spaces', '1 296 3.5 1147880044\n'],
  ['pandas with an index', ',userId,movieId,rating,timestamp\n0,1,296,3.5,1147880044\n'],
  ['floating-point numbers', 'userId,movieId,rating,timestamp\n1.0,296.0,3.5,1.147880044e+09\n'],
  ['milliseconds', 'userId,movieId,rating,timestamp\n1,296,3.5,1147880044999\n'],
  ['microseconds', 'userId,movieId,rating,timestamp\n1,296,3.5,1147880044000001\n'],
  ['fractions of a second', 'userId,movieId,rating,timestamp\n1,296,3.5,1147880044.75\n'],
  ['a time zone', 'userId,movieId,rating,time\n1,296,3.5,2006-05-17T17:34:04.5+02:00\n'],
])('headers, separators and times that people have are read: %s', async (_, content) => {
  expect(rows((await readFileNamed('r.csv', content)).raw)).toEqual([[1, 296, 3.5, 1_147_880_044]]);
});

test('quotation is decided over the whole file: commas, line breaks and doubled marks after thousands of plain rows', async () => {
  const plain = 'Heat,1,296,5.0,1147880044\n'.repeat(5_000);
  const { raw } = await readFileNamed(
    'r.csv',
    `title,userId,movieId,rating,timestamp\n${plain}"American President, The",2,11,4.0,9\n"two\nlines",3,12,3.0,9\n"""Great""",4,13,2.0,9\n5'10",5,14,1.0,9\n"open,6,15,1.0,9\n${plain}`,
  );
  expect(raw.length).toBe(10_005);
  expect(rows(raw).slice(5_000, 5_004)).toEqual([
    [2, 11, 4, 9],
    [3, 12, 3, 9],
    [4, 13, 2, 9],
    [5, 14, 1, 9],
  ]);
  expect(raw.unreadable).toEqual([5_004]);
  expect(raw.breaks).toEqual([{ row: 5_001, lines: 1 }]);
});

test('every line is a row, whatever bytes it has', async () => {
  const random = pseudoRandom(7);
  const bytes = Buffer.from(
    Array.from({ length: 60_000 }, () => BYTES[Math.floor(random() * BYTES.length)] as number),
  );
  const lines = Buffer.concat([Buffer.from('1,296,5.0,1147880044\n'.repeat(40)), bytes, Buffer.from('x')]);
  const { raw } = await readFileNamed('r.csv', lines);
  expect(raw.length).toBe(lines.toString('latin1').split('\n').length);
});

/** All bytes of a text but the quotation mark, and many line ends. */
const BYTES = [
  ...Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte !== 0 && byte !== 0x22),
  0x0a,
  0x0a,
  0x2c,
  0x2c,
];

/** The generator of D. H. Lehmer (1951), with the multiplier 48271. */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
