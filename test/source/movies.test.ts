import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readMovies } from '../../pipeline/source/read-movies.ts';
import { readSource } from '../../pipeline/source/read-source.ts';
import { folderWith } from './folder.ts';

async function moviesOf(content: string | Uint8Array) {
  const folder = await folderWith({ movies: content });
  return readMovies(join(folder, 'movies'));
}

test('movies.csv: quoted commas, articles, years, genres', async () => {
  const csv = [
    '\uFEFFmovieId,title,genres',
    '1,Toy Story (1995),Adventure|Animation',
    '2571,"Matrix, The (1999)",Action|Sci-Fi',
    '7,"Say ""Ah"" (2001)",(no genres listed)',
    '8,Babylon 5,Sci-Fi',
    '9,Death Note (2006–2007),Crime',
    'x,Not a movie,Drama',
  ].join('\r\n');
  expect(await moviesOf(csv)).toEqual([
    { id: 1, title: 'Toy Story', year: 1995, genres: ['Adventure', 'Animation'] },
    { id: 2571, title: 'Matrix, The', year: 1999, genres: ['Action', 'Sci-Fi'] },
    { id: 7, title: 'Say "Ah"', year: 2001, genres: [] },
    { id: 8, title: 'Babylon 5', year: null, genres: ['Sci-Fi'] },
    { id: 9, title: 'Death Note', year: 2006, genres: ['Crime'] },
  ]);
});

test('movies.dat in UTF-8, as in 10M', async () => {
  const movies = await moviesOf(
    "1::Cité des enfants perdus, La (1995)::Drama|Children's\n2::Jumanji (1995)::Adventure\n",
  );
  expect(movies).toEqual([
    { id: 1, title: 'Cité des enfants perdus, La', year: 1995, genres: ['Drama', "Children's"] },
    { id: 2, title: 'Jumanji', year: 1995, genres: ['Adventure'] },
  ]);
});

test('movies.dat in Latin-1, as in 1M', async () => {
  const [movie] = await moviesOf(Buffer.from('1::Misérables, Les (1995)::Drama\n', 'latin1'));
  expect(movie?.title).toBe('Misérables, Les');
});

test('u.item in Latin-1: the flags are genres in the order of u.genre', async () => {
  // Lines 1 and 267 of u.item of MovieLens 100K, and its first title beyond ASCII.
  const lines = [
    '1|Toy Story (1995)|01-Jan-1995||http://us.imdb.com/M/title-exact?Toy%20Story%20(1995)|0|0|0|1|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0',
    '267|unknown||||1|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0',
    '543|Misérables, Les (1995)|01-Jan-1995||http://us.imdb.com/M|0|0|0|0|0|0|0|0|1|0|0|0|1|0|0|0|0|0|0',
  ];
  expect(await moviesOf(Buffer.from(`${lines.join('\n')}\n\n`, 'latin1'))).toEqual([
    { id: 1, title: 'Toy Story', year: 1995, genres: ['Animation', "Children's", 'Comedy'] },
    { id: 267, title: 'unknown', year: null, genres: [] },
    { id: 543, title: 'Misérables, Les', year: 1995, genres: ['Drama', 'Musical'] },
  ]);
});

test('the last of two rows with the same id counts', async () => {
  const movies = await moviesOf('movieId,title,genres\n1,Old (1990),Drama\n1,New (1991),Drama\n');
  expect(movies).toEqual([{ id: 1, title: 'New', year: 1991, genres: ['Drama'] }]);
});

test('a movies file with an unknown layout is refused, and the message names it', async () => {
  const folder = await folderWith({ 'u.data': '1\t2\t3\t900000000\n', 'movies.csv': 'a,b\n1,2\n' });
  await expect(readSource(folder)).rejects.toMatchObject({
    code: 'source-unknown-layout',
    message: expect.stringContaining('movies.csv is not a known layout of movies'),
  });
});

test('a source without a movies file has no movies', async () => {
  const folder = await folderWith({ 'u.data': '1\t2\t3\t900000000\n' });
  expect((await readSource(join(folder, 'u.data'))).movies).toEqual([]);
});
