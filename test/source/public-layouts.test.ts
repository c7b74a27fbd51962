import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pl from 'nodejs-polars';
import { expect, test } from 'vitest';
import { readRatedSource } from '../../pipeline/source/read-rated-source.ts';
import type { SourceOptions } from '../../pipeline/source/read-source.ts';
import { folderWith } from './folder.ts';

/** One layout: its name in docs/data-formats.md, files of its form, and what is read. All values are invented. */
interface PublicLayout {
  readonly name: string;
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** The path that is read. @default the folder */
  readonly path?: string;
  readonly options?: SourceOptions;
  /** The numbers of valid ratings and of titles, or a part of the refusal. */
  readonly result: readonly [ratings: number, titles: number] | string;
}

const parquet = (names: readonly string[], rows: readonly (readonly unknown[])[]): Buffer =>
  pl
    .DataFrame(Object.fromEntries(names.map((name, at) => [name, rows.map((row) => row[at])])))
    .writeParquet() as unknown as Buffer;
const COLUMNS = ['userId', 'movieId', 'rating', 'timestamp'];
const HEADER = `${COLUMNS.join(',')}\n`;
const MOVIES = 'movieId,title,genres\n1,Heat (1995),Crime\n2,"Matrix, The (1999)",Action\n';

const LAYOUTS: readonly PublicLayout[] = [
  {
    name: 'MovieLens 100K',
    files: {
      'u.data': '196\t1\t3\t881250949\n186\t2\t3\t891717742\n',
      'u.item': `1|Heat (1995)|01-Jan-1995||http://x|${Array(19).fill('0').join('|')}\n`,
      'u1.base': '196\t1\t3\t881250949\n',
    },
    result: [2, 1],
  },
  {
    name: 'MovieLens 1M and 10M',
    files: {
      'ratings.dat': '1::1::5::978300760\n1::2::3.5::978302109\n',
      'movies.dat': '1::Heat (1995)::Crime\n',
    },
    result: [2, 1],
  },
  {
    name: 'MovieLens 20M to 32M, latest',
    files: {
      'ratings.csv': `${HEADER}1,1,4.0,964982703\n`,
      'movies.csv': MOVIES,
      'links.csv': 'movieId,imdbId\n',
    },
    result: [1, 2],
  },
  {
    name: 'Kaggle: MovieLens 20M',
    files: {
      'rating.csv': '"userId","movieId","rating","timestamp"\n1,2,3.5,"2005-04-02 23:53:47"\n',
      'movie.csv': '"movieId","title","genres"\n1,"Heat (1995)","Crime"\n',
    },
    result: [1, 1],
  },
  {
    name: 'Kaggle: The Movies Dataset',
    files: {
      'ratings_small.csv': `${HEADER}1,31,2.5,1260759144\n`,
      'movies_metadata.csv': 'adult,id,title\nFalse,31,Not the movie 31 of the ratings\n',
    },
    path: 'ratings_small.csv',
    result: [1, 0],
  },
  {
    name: 'Netflix Prize',
    files: {
      'combined_data_1.txt': '1:\n1488844,3,2005-09-06\n',
      'movie_titles.csv': '1,2003,Dinosaur Planet\n',
    },
    result: [1, 1],
  },
  {
    name: 'MovieTweetings',
    files: { 'ratings.dat': '1::0114508::8::1381006850\n2::0499549::4::1376753198\n' },
    options: { scale: '0-10' },
    result: [2, 0],
  },
  {
    name: 'Letterboxd',
    files: {
      'ratings.csv':
        'Date,Name,Year,Letterboxd URI,Rating\n2020-01-01,The Matrix,1999,https://boxd.it/1,4.5\n',
      'movies.csv': MOVIES,
    },
    result: [1, 2],
  },
  {
    name: 'IMDb, ratings of a person',
    files: { 'ratings.csv': 'Const,Your Rating,Date Rated,Title,Year\ntt0114508,7,2019-01-01,Heat,1995\n' },
    result: 'the user',
  },
  {
    name: 'IMDb, data sets',
    files: { 'title.ratings.tsv': 'tconst\taverageRating\tnumVotes\ntt0000001\t5.7\t2000\n' },
    result: 'the user',
  },
  {
    name: 'Trakt',
    files: {
      'ratings.json': '[{"rated_at":"2019-01-01T00:00:00.000Z","rating":7,"movie":{"title":"Heat"}}]\n',
    },
    path: 'ratings.json',
    result: 'is not a known layout of ratings',
  },
  {
    name: 'goodbooks-10k',
    files: {
      'ratings.csv': 'user_id,book_id,rating\n1,258,5\n2,4081,4\n',
      'books.csv': 'book_id,goodreads_book_id,original_publication_year,title\n258,1,2008.0,A Book\n',
    },
    options: { times: 'optional', columns: { movie: 'book_id' } },
    result: [2, 1],
  },
  {
    name: 'RecBole',
    files: {
      'ml.inter': 'user_id:token\titem_id:token\trating:float\ttimestamp:float\n196\t242\t3\t881250949\n',
      'ml.item':
        'item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n242\tKolya\t1996\tComedy\n',
    },
    result: [1, 1],
  },
  {
    name: 'Spark, Dask, Hadoop',
    files: {
      'ratings/part-00000-a.csv': `${HEADER}1,1,4.0,964982703\n`,
      'ratings/part-00001-a.csv': `${HEADER}2,1,4.0,964982703\n`,
      'ratings/_SUCCESS': '',
      'movies.csv': MOVIES,
    },
    result: [2, 2],
  },
  {
    name: 'Hive partitions',
    files: {
      'year=2005/part-0.parquet': parquet(COLUMNS, [[1, 1, 4, 1_112_486_027]]),
      'year=2006/part-0.parquet': parquet(COLUMNS, [[2, 1, 4, 1_140_000_000]]),
    },
    result: [2, 0],
  },
  {
    name: 'Parquet of pandas, polars or a warehouse',
    files: {
      'export.parquet': parquet(['user_id', 'movie_id', 'rating', 'rated_at'], [[1, 1, 4, new Date(1e12)]]),
    },
    result: [1, 0],
  },
  {
    name: 'A spreadsheet',
    files: {
      'ratings.csv': Buffer.from(
        '\uFEFFsep=;\r\nuserId;movieId;rating;timestamp\r\n1;1;4.5;964982703\r\n',
        'utf16le',
      ),
    },
    result: [1, 0],
  },
  {
    name: 'Text ids',
    files: { 'ratings.csv': `${HEADER}ann,tt0114508,4.0,964982703\nbob,tt0499549,3.5,964982704\n` },
    result: [2, 0],
  },
  {
    name: 'A matrix',
    files: { 'jester.csv': `74${',-7.82,8.79,99'.repeat(33)}\n100${',4.08,-0.29,6.36'.repeat(33)}\n` },
    path: 'jester.csv',
    result: 'is not a known layout of ratings',
  },
  {
    name: 'Plays and clicks',
    files: { 'plays.tsv': 'user_id\tartist_id\tplays\ttimestamp\n1\t2\t300\t964982703\n' },
    path: 'plays.tsv',
    result: 'the rating',
  },
];

test.each(LAYOUTS)('$name', async ({ files, path = '', options = {}, result }) => {
  const folder = await folderWith();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  const rules = { now: new Date(2e12), maxRejectShare: 0.05 };
  const reading = readRatedSource(join(folder, path), { ...rules, ...options });
  if (typeof result === 'string') {
    await expect(reading).rejects.toMatchObject({
      code: 'source-unknown-layout',
      message: expect.stringContaining(result),
    });
    return;
  }
  const { ratings, movies } = await reading;
  expect([ratings.length, movies.length]).toEqual(result);
});

test('a scale that is not stated is named', async () => {
  const folder = await folderWith({
    'ratings.dat': '1::0114508::8::1381006850\n2::0499549::10::1376753198\n',
  });
  const rules = { now: new Date(2e12), maxRejectShare: 0.05 };
  await expect(readRatedSource(folder, rules)).rejects.toMatchObject({
    code: 'batch-rejected',
    message: expect.stringContaining('10'),
  });
});

test('the page of data formats has a row for each of these layouts, and no other', async () => {
  const page = await readFile(join(import.meta.dirname, '../../docs/data-formats.md'), 'utf8');
  const table = page.slice(page.indexOf('| Layout |'), page.indexOf('## What a folder is'));
  const rows = table
    .split('\n')
    .slice(2)
    .flatMap((line) => line.split(/(?<!\\)\|/)[1]?.trim() ?? []);
  expect(rows).toEqual(LAYOUTS.map(({ name }) => name));
});
