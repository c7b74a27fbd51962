import { join } from 'node:path';
import pl from 'nodejs-polars';
import { expect, test } from 'vitest';
import { readComparedSources } from '../../pipeline/source/read-compared.ts';
import { folderWith } from './folder.ts';

const UNTIMED = { times: 'optional', columns: {} } as const;

async function compared(...contents: readonly string[]) {
  const names = contents.map((_, index) => `${index}.csv`);
  const folder = await folderWith(Object.fromEntries(contents.map((text, index) => [`${index}.csv`, text])));
  return readComparedSources(
    names.map((name) => join(folder, name)),
    UNTIMED,
  );
}

test('whole ids from 0 stay as they are', async () => {
  const { sources, userName } = await compared('user,movie,rating\n12,700,4\n', 'user,movie,rating\n0,1,4\n');
  expect(sources.map(({ raw }) => [...raw.userIds, ...raw.movieIds])).toEqual([
    [12, 700],
    [0, 1],
  ]);
  expect(userName(12)).toBe('12');
});

test('other ids have one numbering in all files, whatever the order of rows', async () => {
  const a = 'user,movie,rating\n9f1c-bob,tt02,4\nann,tt01,3\n';
  const b = 'user,movie,rating\ncy,tt03,4\n"ann",tt02,5\n';
  const { sources, userName, movieName } = await compared(a, b);
  const named = sources.map(({ raw }) =>
    [...raw.userIds].map((user, row) => [userName(user), movieName(raw.movieIds[row] as number)]),
  );
  expect(named).toEqual([
    [
      ['9f1c-bob', 'tt02'],
      ['ann', 'tt01'],
    ],
    [
      ['cy', 'tt03'],
      ['ann', 'tt02'],
    ],
  ]);
  const turned = await compared(b, a);
  expect([...(turned.sources[1]?.raw.userIds ?? [])]).toEqual([...(sources[0]?.raw.userIds ?? [])]);
  expect([...(sources[0]?.raw.userIds ?? [])]).toEqual([0, 1]);
});

test('zero, large numbers and numbers with a fraction of zero are ids; a missing one is none', async () => {
  const { sources, userName } = await compared(
    'user,movie,rating\n8589934592,1,4\n8589934592,2,4\n0,1,4\n9007199254740993,1,4\n2147483648,1,4\n4294967296,2,4\n7.0,1,4\n7,2,4\n,1,4\n',
  );
  const ids = [...(sources[0]?.raw.userIds ?? [])];
  expect(ids.map((id) => (Number.isNaN(id) ? null : userName(id)))).toEqual([
    '8589934592',
    '8589934592',
    '0',
    '9007199254740993',
    '2147483648',
    '4294967296',
    '7',
    '7',
    null,
  ]);
});

test('categories of Parquet are read by their texts, and movies are found by text ids', async () => {
  const folder = await folderWith({ 'movies.csv': 'movieId,title,genres\ntt01,Heat (1995),Crime\n' });
  const file = join(folder, 'r.parquet');
  pl.DataFrame([
    pl.Series('userId', ['ann', 'bob'], pl.Utf8).cast(pl.Categorical),
    pl.Series('movieId', ['tt01', 'tt02'], pl.Utf8).cast(pl.Categorical),
    pl.Series('rating', [3.5, 4]),
  ]).writeParquet(file);
  const { sources, movieName } = await readComparedSources([file], UNTIMED);
  const [source] = sources;
  expect([...(source?.raw.timestamps ?? [])]).toEqual(Array(source?.raw.length).fill(Number.NaN));
  expect(movieName(source?.raw.movieIds[1] as number)).toBe('tt02');
  expect(source?.movies).toEqual([
    { id: source?.raw.movieIds[0], title: 'Heat', year: 1995, genres: ['Crime'] },
  ]);
});
