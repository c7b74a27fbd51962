import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { validateRatings } from '../../pipeline/ratings/validate.ts';
import { namedUser } from '../../pipeline/source/letterboxd.ts';
import { readSource, type Source } from '../../pipeline/source/read-source.ts';
import { titleKey } from '../../pipeline/source/title-key.ts';
import { folderWith } from './folder.ts';

const rowsOf = ({ raw }: Source): number[][] =>
  Array.from({ length: raw.length }, (_, i) => [
    raw.userIds[i] as number,
    raw.movieIds[i] as number,
    raw.stars[i] as number,
    raw.timestamps[i] as number,
  ]);

/** date -u -d 2005-09-06 +%s */
const SEPTEMBER_6 = 1_125_964_800;

test('the blocks of the Netflix Prize are read, in several files and with their titles', async () => {
  const folder = await folderWith({
    'combined_data_1.txt': '1:\n1488844,3,2005-09-06\n822109,5,2005-09-07\n2:\n885013,4,2005-09-06\n',
    'combined_data_2.txt.gz': gzipSync('4500:\r\n2532865,4,2005-09-06\r\n'),
    'movie_titles.csv': '1,2003,Dinosaur Planet\n2,2004,Isle of Man TT 2004 Review\n',
    'probe.txt': '1:\n30878\n2647871\n',
  });
  const source = await readSource(folder);
  expect(rowsOf(source)).toEqual([
    [1_488_844, 1, 3, SEPTEMBER_6],
    [822_109, 1, 5, SEPTEMBER_6 + 86_400],
    [885_013, 2, 4, SEPTEMBER_6],
    [2_532_865, 4500, 4, SEPTEMBER_6],
  ]);
  expect(source.movies.map(({ title, year }) => [title, year])).toEqual([
    ['Dinosaur Planet', 2003],
    ['Isle of Man TT 2004 Review', 2004],
  ]);
  expect(source.notes).toContain('not used: probe.txt');
  expect(rowsOf(await readSource(join(folder, 'combined_data_1.txt')))).toHaveLength(3);
});

test('a damaged line of the Netflix Prize is a damaged row, also at the border of two blocks of bytes', async () => {
  const rows = Array.from({ length: 20_000 }, (_, user) => `${user + 1},4,2005-09-06\n`).join('');
  const folder = await folderWith({ 'combined_data_1.txt': `7:\n${rows}nonsense\n8:\n5,1,2005-09-06` });
  const { raw } = await readSource(folder);
  const { ratings, rejects } = validateRatings(raw, 2_000_000_000);
  expect([ratings.length, rejects.length]).toEqual([20_001, 1]);
  expect(new Set(raw.movieIds)).toEqual(new Set([7, 8]));
});

const LETTERBOXD = [
  'Date,Name,Year,Letterboxd URI,Rating',
  '2005-09-06,The Matrix,1999,https://boxd.it/1,4.5',
  '2005-09-06,Amélie,2001,https://boxd.it/2,5',
  '2005-09-06,"Crouching Tiger, Hidden Dragon",2000,https://boxd.it/3,3.5',
  '2005-09-06,Hamlet,1996,https://boxd.it/4,3',
  '2005-09-06,An Unknown Film,2003,https://boxd.it/5,2',
  '2005-09-06,Heat,1995,https://boxd.it/6,',
].join('\n');
const MOVIES = [
  'movieId,title,genres',
  '2571,"Matrix, The (1999)",Action',
  '4973,"Amelie (Fabuleux destin d\'Amélie Poulain, Le) (2001)",Comedy',
  '3996,"Crouching Tiger, Hidden Dragon (Wo hu cang long) (2000)",Drama',
  '1411,Hamlet (1996),Drama',
  '9999,Hamlet (1996),Drama',
  '6,Heat (1995),Crime\n',
].join('\n');

test('an export of Letterboxd is joined to movies by title and year, and what is left out is listed', async () => {
  const folder = await folderWith({
    'ratings.csv': LETTERBOXD,
    'movies.csv': MOVIES,
    'profile.csv': 'Date Joined,Username,Given Name\n2019-01-01,Ann,Ann\n',
    'watched.csv': 'Date,Name,Year,Letterboxd URI\n',
  });
  const source = await readSource(folder);
  const user = namedUser('ann');
  expect(rowsOf(source)).toEqual([
    [user, 2571, 4.5, SEPTEMBER_6],
    [user, 4973, 5, SEPTEMBER_6],
    [user, 3996, 3.5, SEPTEMBER_6],
  ]);
  expect(source.movies).toHaveLength(6);
  expect(source.notes).toEqual([
    `the ratings of Letterboxd are those of user ${user}, a number made from the name Ann`,
    'left out, not among the movies: An Unknown Film (2003)',
    'left out, more than one movie: Hamlet (1996) is 1411 or 9999',
    'left out, without a rating: 1',
    'not used: profile.csv, watched.csv',
  ]);
  expect(user).toBeGreaterThanOrEqual(2_000_000_000);
  expect(user).toBeLessThan(2 ** 31);
});

test('an export of Letterboxd without movies, or with those of others, is refused', async () => {
  const alone = await folderWith({ 'ratings.csv': LETTERBOXD });
  await expect(readSource(alone)).rejects.toMatchObject({
    code: 'source-unknown-layout',
    message: expect.stringContaining('there is no file of movies beside it'),
  });
  const other = await folderWith({
    'ratings.csv': LETTERBOXD,
    'movies.csv': 'movieId,title\n1,Alien (1979)\n',
  });
  await expect(readSource(other)).rejects.toMatchObject({
    message: expect.stringContaining('none of its 6 titles is among the 1 movies beside it'),
  });
});

test.each([
  ['The Matrix', 'Matrix, The'],
  ['Les Misérables', 'Miserables, Les'],
  ['WALL·E', 'Wall-E'],
  ['Fast & Furious', 'Fast and Furious'],
  ["Schindler's List", 'Schindler’s List'],
])('%s and %s are one title', (one, other) => {
  expect(titleKey(one, 1999)).toBe(titleKey(other, 1999));
  expect(titleKey(one, 1999)).not.toBe(titleKey(other, 2000));
});

test('where double colons separate values, a time has colons of its own', async () => {
  const folder = await folderWith({
    'ratings.dat':
      'time::user::movie::rating\n2005-09-06T00:00:00.000Z::1::10::4.5\n2005-09-06 00:00:01::2::11::3\n',
  });
  expect(rowsOf(await readSource(folder))).toEqual([
    [1, 10, 4.5, SEPTEMBER_6],
    [2, 11, 3, SEPTEMBER_6 + 1],
  ]);
});
